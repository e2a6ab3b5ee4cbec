import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { listPrepared, startAudit } from "@/api/audits";
import type { PreparedAudit } from "@/api/types";
import { expectAccessible, renderWith } from "@/testing/render";
import { WithRouter } from "@/testing/router";

import { draftReducer, emptyDraft } from "./draft";
import { PreparedAudits } from "./PreparedAudits";

vi.mock("@/api/audits");

const audit: PreparedAudit = {
  dataset: "german_test.csv",
  rows: 400,
  model: "forest.pkl",
  request: {
    dataset_id: "d1",
    model_id: "m1",
    name: "Credit",
    roles: { target: "risk", positive: "1", protected: ["sex"], ignore: [] },
  },
};

beforeEach(() => {
  vi.mocked(listPrepared).mockResolvedValue([audit]);
});

describe("prepared audits", () => {
  it("are started with one click, by name", async () => {
    vi.mocked(startAudit).mockResolvedValue({ job_id: "j", state: "queued", analysis_id: "a1" });
    const { container } = await renderWith(
      <WithRouter>
        <PreparedAudits />
      </WithRouter>,
    );
    expect(await screen.findByText("Credit")).toBeVisible();
    expect(screen.getByText(/forest.pkl · german_test.csv · 400 rows/)).toBeVisible();
    await expectAccessible(container);
    await userEvent.click(screen.getByRole("button", { name: "Start the audit Credit" }));
    expect(startAudit).toHaveBeenCalledWith(audit.request);
  });

  it("fill the draft when their settings are looked at first", () => {
    const draft = draftReducer(emptyDraft, { type: "prepared", request: audit.request });
    expect(draft).toMatchObject({
      datasetId: "d1",
      modelId: "m1",
      name: "Credit",
      roles: audit.request.roles,
    });
  });
});
