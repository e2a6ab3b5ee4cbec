import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";

import { expectAccessible, renderWith } from "@/testing/render";

import { Alert } from "./Alert";
import { OutcomeBadge, SeverityBadge } from "./Badge";
import { Button } from "./Button";
import { Checkbox, Segments } from "./Choice";
import { Dialog } from "./Dialog";
import { EmptyState } from "./EmptyState";
import { Field, SearchField } from "./Field";
import { FileDrop } from "./FileDrop";
import { Progress } from "./Progress";
import { Select } from "./Select";
import { Steps } from "./Steps";
import { Table } from "./Table";
import { Tabs } from "./Tabs";

const options = [
  { id: "a", label: "First" },
  { id: "b", label: "Second", note: "the other one" },
];

describe("primitives", () => {
  it("have names, roles and no axe violation", async () => {
    const { container } = await renderWith(
      <main>
        <h1>All</h1>
        <Button look="primary">Save</Button>
        <Button isPending>Wait</Button>
        <Field label="Name" help="As written" error="Too short" />
        <SearchField label="Search" />
        <Select label="Pick" options={options} value="b" onChange={() => undefined} />
        <Checkbox>Agree</Checkbox>
        <Segments label="View" options={options} value="a" onChange={() => undefined} />
        <Alert tone="error" title="Broken" note="Request 7" />
        <OutcomeBadge outcome="issue" label="issue" />
        <SeverityBadge severity="high" label="high" />
        <Progress label="Upload" value={0.25} detail="a quarter" />
        <Progress label="Working" />
        <EmptyState title="Nothing">Add one.</EmptyState>
        <FileDrop label="Upload a table" prompt="Drop" button="Choose" hint="CSV" onFile={() => undefined} />
        <Steps
          label="Steps"
          steps={[
            { id: "1", label: "One", state: "done" },
            { id: "2", label: "Two", state: "current" },
          ]}
        />
        <Table
          label="Rows"
          rows={[{ n: 1 }]}
          rowKey={(r) => String(r.n)}
          columns={[{ id: "n", header: "N", numeric: true, rowHeader: true, cell: (r) => r.n }]}
        />
      </main>,
    );
    await expectAccessible(container);
    expect(screen.getByRole("progressbar", { name: "Upload" })).toHaveAttribute(
      "aria-valuetext",
      "a quarter",
    );
    expect(screen.getByRole("region", { name: "Rows" })).toHaveAttribute("tabindex", "0");
    expect(screen.getByText("Two").closest("li")).toHaveAttribute("aria-current", "step");
    expect(screen.getByRole("textbox", { name: "Name" })).toHaveAccessibleDescription(/As written Too short/);
  });

  it("a select shows the chosen label and is worked by keyboard", async () => {
    const user = userEvent.setup();
    function Held() {
      const [value, setValue] = useState("a");
      return <Select label="Pick" options={options} value={value} onChange={setValue} />;
    }
    await renderWith(<Held />);
    const button = screen.getByRole("button", { name: /Pick/ });
    expect(button).toHaveTextContent("First");
    button.focus();
    await user.keyboard("{Enter}{ArrowDown}{Enter}");
    expect(screen.getByRole("button", { name: /Pick/ })).toHaveTextContent("Second");
  });

  it("a dialog takes the focus, closes by Escape and has no axe violation", async () => {
    const onClose = vi.fn();
    await renderWith(
      <Dialog
        role="alertdialog"
        title="Delete it"
        isOpen
        onClose={onClose}
        closeLabel="Close"
        actions={<Button>Delete it</Button>}
      >
        For good.
      </Dialog>,
    );
    const dialog = screen.getByRole("alertdialog", { name: "Delete it" });
    expect(dialog).toContainElement(document.activeElement as HTMLElement);
    await expectAccessible(dialog);
    await userEvent.keyboard("{Escape}");
    expect(onClose).toHaveBeenCalled();
  });

  it("tabs show the panel of the chosen tab", async () => {
    function Held() {
      const [tab, setTab] = useState("a");
      return (
        <Tabs label="Parts" items={options} value={tab} onChange={setTab}>
          <p>{tab} is open</p>
        </Tabs>
      );
    }
    const { container } = await renderWith(<Held />);
    await userEvent.click(screen.getByRole("tab", { name: "Second" }));
    expect(within(screen.getByRole("tabpanel", { name: "Second" })).getByText("b is open")).toBeVisible();
    await expectAccessible(container);
  });

  it("a file drop gives the chosen file", async () => {
    const onFile = vi.fn();
    const { container } = await renderWith(
      <FileDrop label="Upload" prompt="Drop" button="Choose" hint="CSV" onFile={onFile} />,
    );
    const file = new File(["a,b"], "t.csv");
    await userEvent.upload(container.querySelector("input[type=file]") as HTMLInputElement, file);
    expect(onFile).toHaveBeenCalledWith(file);
  });
});
