import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { allowSingleKeys, keyName, keyTable, useKeys, useSingleKeys } from "@/lib/keys";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { Dialog } from "@/ui/Dialog";

const Palette = lazy(() => import("./Palette"));

interface KeyboardProps {
  onGo: (to: string) => void;
  onSignOut: () => void;
}

/** The keys of every signed-in page: the palette, the search box of the page, and the list of keys. */
export function Keyboard({ onGo, onSignOut }: KeyboardProps) {
  const [open, setOpen] = useState<"palette" | "help" | null>(null);
  useKeys((id) => {
    if (id === "search") document.querySelector<HTMLInputElement>("main input[type=search]")?.focus();
    else setOpen(id);
  });
  const close = () => setOpen(null);
  return (
    <>
      {open === "palette" ? (
        <Suspense>
          <Palette onClose={close} onGo={onGo} onSignOut={onSignOut} />
        </Suspense>
      ) : null}
      <KeyList isOpen={open === "help"} onClose={close} />
    </>
  );
}

function KeyList({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t("keys.title")}
      isOpen={isOpen}
      onClose={onClose}
      closeLabel={t("close")}
      actions={<Button onPress={onClose}>{t("close")}</Button>}
    >
      <KeyTable />
    </Dialog>
  );
}

/** All keys, and the switch for those that are a single character. */
export function KeyTable() {
  const { t } = useTranslation();
  const isOn = useSingleKeys();
  return (
    <div className="flex flex-col gap-4">
      <dl className="flex flex-col gap-2">
        {keyTable.map(({ id }) => (
          <div key={id} className="flex items-center justify-between gap-6">
            <dt className="text-ink">{t(`keys.${id}`)}</dt>
            <dd>
              <kbd className="rounded-sm border border-line bg-sunken px-1.5 py-0.5 font-mono text-xs text-ink">
                {keyName(id)}
              </kbd>
            </dd>
          </div>
        ))}
      </dl>
      <Checkbox isSelected={isOn} onChange={allowSingleKeys}>
        {t("keys.single")}
      </Checkbox>
    </div>
  );
}
