import { screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { makeFormat } from "@/lib/format";
import { expectAccessible, renderWith } from "@/testing/render";

import { ErrorAlert } from "./ErrorAlert";
import { asApiError, networkError, problemOf } from "./problem";
import { readableArgs } from "./problem-words";

const ragged = {
  type: "/problems/ragged-row",
  title: "The file cannot be read as a dataset",
  status: 422,
  slug: "ragged-row",
  detail: "failed to read",
  request_id: "r-1",
  args: { line: 17, found: 5, expected: 4 },
};

describe("a problem", () => {
  it("is told by its slug in the language of the page, with the request", async () => {
    const { container } = await renderWith(<ErrorAlert error={problemOf(ragged, 422, null)} />, "es");
    expect(screen.getByRole("alert")).toHaveTextContent(
      "La línea 17 no tiene tantos campos como la cabecera: 5 en lugar de 4.",
    );
    expect(screen.getByRole("alert")).toHaveTextContent("Petición r-1");
    await expectAccessible(container);
  });

  it("that no catalogue knows keeps the server's words", async () => {
    await renderWith(<ErrorAlert error={problemOf({ ...ragged, slug: "new", args: null }, 422, null)} />);
    expect(screen.getByRole("alert")).toHaveTextContent("The file cannot be read as a dataset");
    expect(screen.getByRole("alert")).toHaveTextContent("failed to read");
  });

  it("names every field", async () => {
    const errors = [
      { pointer: "/roles/target", code: "target-missing", detail: "d", args: { name: "y" } },
      { pointer: "/seed", code: "odd", detail: "must be a whole number" },
    ];
    await renderWith(
      <ErrorAlert error={problemOf({ ...ragged, slug: "invalid-request", errors }, 422, null)} />,
    );
    expect(screen.getByText(/^The table has no column y, which is to be the target\./)).toBeVisible();
    expect(screen.getByText("must be a whole number")).toBeVisible();
  });

  it("without an answer offers to try again", async () => {
    const onRetry = vi.fn();
    await renderWith(<ErrorAlert error={networkError()} onRetry={onRetry} />);
    screen.getByRole("button", { name: "Try again" }).click();
    expect(onRetry).toHaveBeenCalled();
  });

  it("in an unknown form keeps status and request", () => {
    expect(problemOf("<html>", 502, "r-2")).toMatchObject({ slug: "unknown", status: 502, requestId: "r-2" });
    expect(asApiError(new TypeError("fetch failed")).slug).toBe("network");
    expect(asApiError("x").status).toBe(0);
  });

  it("shows numbers, sizes and lists for people", () => {
    const format = makeFormat("en");
    expect(readableArgs("too-large", { limit: 2_000_000 }, format)).toEqual({ limit: "2 MB" });
    expect(readableArgs("x", { row: 12345, names: ["a", "b"] }, format)).toEqual({
      row: "12,345",
      names: "a, b",
    });
    const many = Array.from({ length: 30 }, (_, i) => `c${i}`);
    expect(readableArgs("x", { names: many }, format).names).toMatch(/c19, …$/);
  });
});
