import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { chooseReading, listModels } from "@/api/files";
import { expectAccessible, renderWith } from "@/testing/render";
import { WithRouter } from "@/testing/router";
import { dataset, model } from "@/testing/samples";

import { DatasetView } from "./DatasetView";
import { FileList } from "./FileList";
import { ModelView } from "./ModelView";
import { UploadPanel } from "./UploadPanel";

vi.mock("@/api/files", async (original) => ({
  ...(await original<typeof import("@/api/files")>()),
  listModels: vi.fn(),
  chooseReading: vi.fn(),
}));

beforeEach(() => {
  vi.mocked(listModels).mockResolvedValue({ items: [], next_cursor: null });
});

describe("an upload on the page", () => {
  const choose = async (kind: "datasets" | "models", bytes: BlobPart, name: string) => {
    const { container } = await renderWith(<UploadPanel kind={kind} limit={100} onReady={() => undefined} />);
    const input = container.querySelector("input[type=file]") as HTMLInputElement;
    await userEvent.upload(input, new File([bytes], name));
    return container;
  };

  it("refuses a wrong file before it is sent, in words, and takes another one", async () => {
    const container = await choose("datasets", Uint8Array.from([0x80, 4, 1]), "model.pkl");
    expect(await screen.findByRole("alert")).toHaveTextContent(
      /model.pkl was not uploaded.*This is a Python pickle/,
    );
    expect(screen.getByRole("button", { name: /Choose a file/ })).toBeEnabled();
    await expectAccessible(container);
  });

  it("refuses an empty file, a large one, and a pointer to one", async () => {
    const container = await choose("models", "", "empty.joblib");
    expect(await screen.findByRole("alert")).toHaveTextContent("The file is empty.");
    const input = () => container.querySelector("input[type=file]") as HTMLInputElement;
    await userEvent.upload(input(), new File(["x".repeat(101)], "big.joblib"));
    expect(await screen.findByText(/larger than 100 byte/)).toBeVisible();
    await userEvent.upload(input(), new File(["version https://git-lfs.github.com/spec/v1"], "p.joblib"));
    expect(await screen.findByText(/Git LFS pointer/)).toBeVisible();
  });
});

describe("what the server saw", () => {
  it("in a table: columns, kinds, roles and first rows", async () => {
    const { container } = await renderWith(<DatasetView dataset={dataset} />);
    expect(screen.getByText(/mixes decimal points/)).toBeVisible();
    expect(screen.getByRole("rowheader", { name: "sex" })).toBeVisible();
    expect(screen.getByText("protected")).toBeVisible();
    expect(screen.getByText("missing")).toBeVisible();
    expect(screen.getByText("First 2 rows", { selector: "h2" })).toBeVisible();
    await expectAccessible(container);
  });

  it("in a model: parts, inputs and imports", async () => {
    const { container } = await renderWith(<ModelView model={model} />);
    expect(screen.getByText("LogisticRegression")).toBeVisible();
    expect(screen.getByText("The table needs these 2 columns.")).toBeVisible();
    const names = screen.getAllByText("sklearn.pipeline.Pipeline");
    expect(names[0]).toBeVisible();
    expect(
      screen.getByText("A normal load makes 250 calls, in this order. Fine has made none."),
    ).toBeVisible();
    expect(names[1]).not.toBeVisible();
    await userEvent.click(screen.getByText("Show the calls (the first 1)"));
    expect(names[1]).toBeVisible();
    await expectAccessible(container);
  });

  it("in a dangerous model: what would run, and that nothing did", async () => {
    const evil = {
      ...model,
      runnable: false,
      facts: {
        ...model.facts,
        dangers: [
          { name: "posix.system", offset: 14, arguments: "('id')" },
          { name: "antigravity.fly", offset: 40, arguments: "" },
        ],
      },
      problem: {
        slug: "danger",
        code: "E-DANGER",
        title: "x",
        status: 422,
        args: { name: "posix.system", arguments: "'id'" },
      },
    };
    await renderWith(<ModelView model={evil} />, "es");
    expect(screen.getByText("Una carga normal de este archivo ejecutaría 2 órdenes")).toBeVisible();
    expect(screen.getByText(/posix\.system\('id'\)/)).toBeVisible();
    expect(screen.getByText(/importación de antigravity\.fly/)).toBeVisible();
    expect(screen.getByText("E-DANGER")).toBeVisible();
  });

  it("which part of the file is the model, and what stands before it", async () => {
    vi.mocked(listModels).mockResolvedValue({
      items: [
        model,
        {
          ...model,
          id: "m2",
          filename: "scaler.pkl",
          library: "scikit-learn",
          runnable: false,
        },
      ],
      next_cursor: null,
    });
    vi.mocked(chooseReading).mockResolvedValue({
      ...model,
      reading: { before: ["m2"], from_step: "clf" },
    });
    const choices = { keys: [], steps: ["prep", "clf"], outputs: [] };
    const { container } = await renderWith(
      <ModelView model={{ ...model, facts: { ...model.facts, choices } }} />,
    );
    expect(await screen.findByRole("heading", { name: "How the file is read" })).toBeVisible();
    const apply = screen.getByRole("button", { name: "Read it so" });
    expect(apply).toBeDisabled();
    await userEvent.click(screen.getByRole("button", { name: /First step/ }));
    await userEvent.click(await screen.findByRole("option", { name: "clf" }));
    await userEvent.click(await screen.findByRole("button", { name: /Add a file before it/ }));
    await userEvent.click(await screen.findByRole("option", { name: /scaler.pkl/ }));
    expect(screen.getByRole("list", { name: "Files in order" })).toHaveTextContent(
      /scaler.pkl.*model.joblib/,
    );
    await expectAccessible(container);
    await userEvent.click(apply);
    expect(chooseReading).toHaveBeenCalledWith("m1", {
      before: ["m2"],
      from_step: "clf",
    });
  });

  it("in the lists: names as links, and deletion by name", async () => {
    const { container } = await renderWith(
      <WithRouter>
        <FileList
          kind="models"
          items={[model, { ...model, id: "m2", filename: "bad.pkl", runnable: false }]}
        />
      </WithRouter>,
    );
    expect(await screen.findByRole("link", { name: "model.joblib" })).toHaveAttribute("href", "/models/m1");
    expect(screen.getByText("Cannot be audited")).toBeVisible();
    await expectAccessible(container);
    await userEvent.click(screen.getByRole("button", { name: "Delete bad.pkl" }));
    expect(await screen.findByRole("alertdialog")).toHaveTextContent("The file bad.pkl is deleted.");
  });
});
