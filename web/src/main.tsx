import "@fontsource-variable/inter/wght.css";
import "./styles/app.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nProvider } from "react-aria-components";
import { useTranslation } from "react-i18next";

import { startWords } from "./i18n/i18n";
import { watchSystemTheme } from "./lib/theme";
import { queryClient, router } from "./router";

function App() {
  const { i18n } = useTranslation();
  return (
    <I18nProvider locale={i18n.language === "es" ? "es-ES" : "en-US"}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  );
}

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
watchSystemTheme();
await startWords();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
