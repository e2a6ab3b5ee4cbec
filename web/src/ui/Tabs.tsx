import { clsx } from "clsx";
import type { ReactNode } from "react";
import { Tab as AriaTab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";

export interface TabItem<T extends string = string> {
  id: T;
  label: string;
  /** A mark before the label (state). */
  mark?: ReactNode;
  /** A short value after the label (count). */
  tail?: ReactNode;
  isDisabled?: boolean;
}

interface TabsProps<T extends string> {
  label: string;
  items: readonly TabItem<T>[];
  value: T;
  onChange: (value: T) => void;
  /** `side` is a rail at the left on wide screens, a scrolling row on narrow ones. */
  layout?: "top" | "side";
  children: ReactNode;
}

/** Tabs with one panel: the panel belongs to the chosen tab. */
export function Tabs<T extends string>({
  label,
  items,
  value,
  onChange,
  layout = "top",
  children,
}: TabsProps<T>) {
  const side = layout === "side";
  return (
    <AriaTabs
      selectedKey={value}
      onSelectionChange={(key) => onChange(String(key) as T)}
      orientation={side ? "vertical" : "horizontal"}
      keyboardActivation="manual"
      className={clsx("flex min-w-0 flex-col gap-4 outline-none", side && "lg:flex-row lg:gap-7")}
    >
      <TabList
        aria-label={label}
        items={items}
        dependencies={[items]}
        className={clsx(
          "relative flex min-w-0 gap-1 overflow-x-auto [scrollbar-width:thin]",
          side
            ? "border-b border-line pb-2 lg:!sticky lg:top-18 lg:w-56 lg:shrink-0 lg:flex-col lg:self-start lg:overflow-visible lg:border-0 lg:pb-0"
            : "border-b border-line",
        )}
      >
        {(item) => (
          <AriaTab
            id={item.id}
            isDisabled={item.isDisabled ?? false}
            className={clsx(
              "flex h-8 shrink-0 cursor-pointer items-center gap-2 px-2.5 text-base whitespace-nowrap text-ink-muted outline-offset-[-2px] data-[disabled]:cursor-default data-[disabled]:opacity-60",
              side
                ? "rounded-md hover:bg-hover hover:text-ink data-[selected]:bg-accent-soft data-[selected]:font-medium data-[selected]:text-accent-ink"
                : "-mb-px border-b-2 border-transparent hover:text-ink data-[selected]:border-accent data-[selected]:font-medium data-[selected]:text-ink",
            )}
          >
            {item.mark} <span className={clsx(side && "lg:flex-1 lg:truncate")}>{item.label}</span>{" "}
            {item.tail}
          </AriaTab>
        )}
      </TabList>
      <TabPanel key={value} id={value} className="min-w-0 flex-1 outline-offset-4">
        {children}
      </TabPanel>
    </AriaTabs>
  );
}
