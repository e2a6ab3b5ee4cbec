import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { deleteAccount, listKeys, listTrail, makeKey, revokeKey } from "@/api/account";
import { ApiError } from "@/api/problem";
import type { ApiKey } from "@/api/types";
import { expectAccessible, renderWith } from "@/testing/render";

import { ApiKeys } from "./ApiKeys";
import { Trail } from "./Trail";
import { YourData } from "./YourData";

vi.mock("@/api/account");

const key: ApiKey = {
  id: "k1",
  name: "Nightly",
  hint: "fine_abcd",
  scopes: ["read", "audit"],
  created_at: "2026-11-01T10:00:00Z",
  expires_at: "2027-01-30T10:00:00Z",
  last_used_at: null,
  expired: false,
};

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(listKeys).mockResolvedValue({ items: [key], limit: 20 });
});

describe("API keys", () => {
  it("are listed without their secret and revoked after a question", async () => {
    vi.mocked(revokeKey).mockResolvedValue(new Response());
    const { container } = await renderWith(<ApiKeys />);
    const row = (await screen.findByRole("rowheader", { name: "Nightly" })).closest("tr")!;
    expect(row).toHaveTextContent("fine_abcd…");
    expect(row).toHaveTextContent("read, audit");
    expect(row).toHaveTextContent("never");
    await expectAccessible(container);
    await userEvent.click(within(row).getByRole("button", { name: "Revoke Nightly" }));
    const dialog = await screen.findByRole("alertdialog");
    await userEvent.click(within(dialog).getByRole("button", { name: "Revoke Nightly" }));
    await waitFor(() => expect(revokeKey).toHaveBeenCalledOnce());
    expect(vi.mocked(revokeKey).mock.calls[0]?.[0]).toBe("k1");
  });

  it("are made with a name and a permission, and shown once", async () => {
    vi.mocked(makeKey).mockResolvedValue({ ...key, secret: "fine_secret-of-the-test" });
    await renderWith(<ApiKeys />, "es");
    await userEvent.click(await screen.findByRole("button", { name: "Crear una clave" }));
    expect(screen.getByRole("textbox", { name: "Nombre" })).toHaveAccessibleDescription(/Dé un nombre/);
    expect(makeKey).not.toHaveBeenCalled();
    await userEvent.type(screen.getByRole("textbox", { name: "Nombre" }), "CI");
    await userEvent.click(screen.getByRole("checkbox", { name: /Auditar/ }));
    await userEvent.click(screen.getByRole("button", { name: "Crear una clave" }));
    expect(await screen.findByText("fine_secret-of-the-test")).toBeVisible();
    expect(vi.mocked(makeKey).mock.calls[0]?.[0]).toEqual({
      name: "CI",
      scopes: ["read"],
      expires_in_days: 90,
    });
  });
});

describe("what happened and the end", () => {
  it("says who did what, also what it has no words for", async () => {
    const at = "2026-11-01T10:00:00Z";
    const item = { id: "1", at, by: "person", key_id: null, subject: null, address: "192.0.2.7" };
    vi.mocked(listTrail).mockResolvedValue({
      items: [
        { ...item, action: "sign-in-refused" },
        { ...item, id: "2", by: "key", action: "of-the-future" },
      ],
      next_cursor: null,
    });
    const { container } = await renderWith(<Trail />);
    expect(await screen.findByText("Sign-in with a wrong password")).toBeVisible();
    expect(screen.getByText("of-the-future")).toBeVisible();
    expect(screen.getByText("a key")).toBeVisible();
    await expectAccessible(container);
  });

  it("deletes the account with the password only, and says when that is wrong", async () => {
    vi.mocked(deleteAccount).mockRejectedValue(
      new ApiError({ title: "x", status: 403, slug: "wrong-password" }),
    );
    await renderWith(<YourData hasPassword />);
    await userEvent.click(screen.getByRole("button", { name: "Delete the account" }));
    const dialog = await screen.findByRole("alertdialog");
    const confirm = within(dialog).getByRole("button", { name: "Delete the account and everything in it" });
    expect(confirm).toBeDisabled();
    await userEvent.type(within(dialog).getByLabelText("Password"), "guess");
    await userEvent.click(confirm);
    expect(await within(dialog).findByText("The password is not right. Nothing was deleted.")).toBeVisible();
    expect(vi.mocked(deleteAccount).mock.calls[0]?.[0]).toBe("guess");
  });
});
