import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { chosenTheme } from "@/lib/theme";
import { expectAccessible, renderWith } from "@/testing/render";
import { WithRouter } from "@/testing/router";

import { Footer } from "./Footer";
import { Header } from "./Header";
import { Keyboard } from "./Keyboard";

const noop = () => undefined;

describe("the frame of a page", () => {
  it("names its parts and says where one is", async () => {
    const { container } = await renderWith(
      <WithRouter path="/data">
        <>
          <Header email="me@example.org" onSignOut={noop} onAccount={noop} />
          <Footer version="0.1.0" apiDocs="/docs" />
        </>
      </WithRouter>,
    );
    expect(await screen.findByRole("link", { name: "Data" })).toHaveAttribute("aria-current", "page");
    expect(screen.getByRole("contentinfo")).toHaveTextContent("Fine 0.1.0");
    await expectAccessible(container);
  });

  it("switches theme and language, and remembers both", async () => {
    await renderWith(
      <WithRouter>
        <Footer version={undefined} apiDocs="/docs" />
      </WithRouter>,
    );
    await userEvent.click(await screen.findByRole("radio", { name: "Dark" }));
    expect(document.documentElement.dataset.theme).toBe("dark");
    expect(chosenTheme()).toBe("dark");
    await userEvent.click(screen.getByRole("radio", { name: "Español" }));
    await waitFor(() => expect(screen.getByRole("radio", { name: "Oscuro" })).toBeChecked());
    expect(document.documentElement.lang).toBe("es");
    expect(localStorage.getItem("fine.language")).toBe("es");
  });
});

describe("the keyboard", () => {
  it("opens the palette and goes where it says", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    const onGo = vi.fn();
    await renderWith(<Keyboard onGo={onGo} onSignOut={noop} />);
    await userEvent.keyboard("{Control>}k{/Control}");
    const search = await screen.findByRole("searchbox");
    await waitFor(() => expect(search).toHaveFocus());
    await userEvent.keyboard("mod");
    await waitFor(() => expect(screen.getAllByRole("menuitem")).toHaveLength(1));
    await userEvent.keyboard("{ArrowDown}{Enter}");
    expect(onGo).toHaveBeenCalledWith("/models");
    vi.unstubAllGlobals();
  });

  it("lists its keys, and the single ones can be turned off", async () => {
    await renderWith(<Keyboard onGo={noop} onSignOut={noop} />);
    await userEvent.keyboard("?");
    const dialog = await screen.findByRole("dialog", { name: "Keyboard" });
    await expectAccessible(dialog);
    await userEvent.click(screen.getByRole("checkbox", { name: "Use keys of a single character" }));
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await userEvent.keyboard("?");
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});
