import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { expectAccessible, renderWith } from "@/testing/render";

import { localPath } from "./next";
import { passwordProblem, SignInForm } from "./SignInForm";
import { looksLikeEmail } from "./words";

describe("signing in", () => {
  it("says at the fields what is missing, and can be filled by a password manager", async () => {
    const { container } = await renderWith(<SignInForm mode="signUp" onDone={() => undefined} />);
    await expectAccessible(container);
    const email = screen.getByRole("textbox", { name: "Email" });
    const password = screen.getByLabelText("Password");
    expect(email).toHaveAttribute("autocomplete", "username");
    expect(password).toHaveAttribute("autocomplete", "new-password");
    await userEvent.type(email, "me");
    await userEvent.type(password, "short");
    await userEvent.click(screen.getByRole("button", { name: "Create account" }));
    expect(email).toHaveAccessibleDescription(/Enter an email address/);
    expect(password).toHaveAccessibleDescription(/Use at least 8 characters/);
    await expectAccessible(container);
    await userEvent.click(screen.getByRole("button", { name: "Show password" }));
    expect(password).toHaveAttribute("type", "text");
  });

  it("asks for a length of new passwords only", () => {
    expect(passwordProblem("signIn", "abc")).toBeUndefined();
    expect(passwordProblem("signUp", "abc")).toBe("short");
    expect(passwordProblem("signIn", "")).toBe("password");
    expect(looksLikeEmail("a@b.org")).toBe(true);
    expect(looksLikeEmail("a@b")).toBe(false);
  });

  it("leads to a page of this site only", () => {
    expect(localPath("/audits/1?tab=data")).toBe("/audits/1?tab=data");
    for (const bad of [undefined, "", "https://evil.org", "//evil.org", "/\\evil.org", "javascript:1"]) {
      expect(localPath(bad)).toBe("/audits");
    }
  });
});
