import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import axe from "axe-core";
import type { ReactElement } from "react";
import { I18nProvider } from "react-aria-components";
import { expect } from "vitest";

import { type Language, startWords } from "@/i18n/i18n";

/** Renders with words, a query client and the locale of React Aria. */
export async function renderWith(ui: ReactElement, language: Language = "en") {
  await startWords(language);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return {
    client,
    ...render(
      <I18nProvider locale={language === "es" ? "es-ES" : "en-US"}>
        <QueryClientProvider client={client}>{ui}</QueryClientProvider>
      </I18nProvider>,
    ),
  };
}

/** No WCAG 2.2 AA violation that axe can see without layout (colours are tested on the tokens). */
export async function expectAccessible(container: Element): Promise<void> {
  const result = await axe.run(container, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    rules: { "color-contrast": { enabled: false } },
  });
  expect(result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`)).toEqual([]);
}
