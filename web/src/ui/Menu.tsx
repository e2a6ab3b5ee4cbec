import { clsx } from "clsx";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { Header, Menu as AriaMenu, MenuItem, MenuSection, MenuTrigger, Popover } from "react-aria-components";

import { itemClass, popoverClass } from "./Select";

export interface MenuAction {
  id: string;
  label: string;
  icon?: ReactNode;
  danger?: boolean;
  onAction: () => void;
}

export interface MenuChoice {
  id: string;
  title: string;
  options: readonly { id: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
}

interface MenuProps {
  label: string;
  trigger: ReactNode;
  header?: ReactNode;
  choices?: readonly MenuChoice[];
  actions: readonly MenuAction[];
}

/** A menu of choices and actions behind a button. */
export function Menu({ label, trigger, header, choices, actions }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover placement="bottom end" className={clsx(popoverClass, "min-w-56")}>
        {header}
        <AriaMenu aria-label={label} className="p-1 outline-none">
          {choices?.map((choice) => (
            <MenuSection
              key={choice.id}
              id={choice.id}
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[choice.value]}
              onSelectionChange={(keys) => {
                const [key] = keys === "all" ? [] : [...keys];
                if (key !== undefined) choice.onChange(String(key));
              }}
              className="border-b border-line pb-1 mb-1"
            >
              <Header className="px-2 pt-1.5 pb-1 text-xs font-medium text-ink-muted">{choice.title}</Header>
              {choice.options.map((o) => (
                <MenuItem key={o.id} id={o.id} textValue={o.label} className={itemClass}>
                  {({ isSelected }) => (
                    <>
                      <Check aria-hidden size={14} className={clsx(!isSelected && "invisible")} />
                      {o.label}
                    </>
                  )}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
          {actions.map((a) => (
            <MenuItem
              key={a.id}
              id={a.id}
              textValue={a.label}
              onAction={a.onAction}
              className={clsx(itemClass, a.danger && "text-issue")}
            >
              {a.icon}
              {a.label}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
