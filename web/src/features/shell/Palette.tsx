import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from "react-aria-components";
import { useTranslation } from "react-i18next";

import { listAnalyses } from "@/api/audits";
import { chooseLanguage } from "@/i18n/i18n";
import { chooseTheme } from "@/lib/theme";
import { itemClass } from "@/ui/Select";

interface PaletteProps {
  onClose: () => void;
  onGo: (to: string) => void;
  onSignOut: () => void;
}

interface Command {
  id: string;
  label: string;
  group: string;
  run: () => void;
}

/** Everything by its name: places, recent analyses, settings. */
export default function Palette({ onClose, onGo, onSignOut }: PaletteProps) {
  const { t } = useTranslation();
  const { contains } = useFilter({ sensitivity: "base" });
  const commands = useCommands(onGo, onSignOut);
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onClose()}
      className="fixed inset-0 z-50 flex items-start justify-center bg-shade p-4 pt-[12vh]"
    >
      <Modal className="w-full max-w-lg overflow-hidden rounded-lg border border-line bg-surface shadow-float">
        <Dialog aria-label={t("palette.title")} className="flex max-h-[60dvh] flex-col outline-none">
          <Autocomplete filter={contains}>
            {/* A dialog to type into begins in its field. */}
            {/* oxlint-disable-next-line jsx-a11y/no-autofocus */}
            <SearchField aria-label={t("palette.search")} autoFocus className="relative border-b border-line">
              <Search
                aria-hidden
                size={16}
                className="absolute top-1/2 left-4 -translate-y-1/2 text-ink-faint"
              />
              <Input
                placeholder={t("palette.search")}
                className="h-12 w-full bg-transparent pr-4 pl-11 text-lg outline-none placeholder:text-ink-faint [&::-webkit-search-cancel-button]:hidden"
              />
            </SearchField>
            <Menu
              aria-label={t("palette.title")}
              items={commands}
              className="overflow-y-auto p-1.5 outline-none"
              renderEmptyState={() => <p className="px-3 py-4 text-ink-muted">{t("palette.none")}</p>}
            >
              {(command) => (
                <MenuItem
                  id={command.id}
                  textValue={`${command.group} ${command.label}`}
                  onAction={() => {
                    onClose();
                    command.run();
                  }}
                  className={`${itemClass} justify-between gap-6`}
                >
                  <span className="min-w-0 truncate">{command.label}</span>
                  <span className="shrink-0 text-xs text-ink-muted">{command.group}</span>
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function useCommands(onGo: (to: string) => void, onSignOut: () => void): Command[] {
  const { t } = useTranslation();
  const recent = useQuery({
    queryKey: ["audits", "recent"],
    queryFn: ({ signal }) => listAnalyses({}, undefined, signal),
  });
  const go = (id: string, label: string, to: string): Command => ({
    id,
    label,
    group: t("palette.go"),
    run: () => onGo(to),
  });
  return [
    go("new", t("nav.new"), "/audits/new/files"),
    go("audits", t("nav.audits"), "/audits"),
    go("data", t("nav.data"), "/data"),
    go("models", t("nav.models"), "/models"),
    go("account", t("menu.account"), "/account"),
    ...(recent.data?.items ?? []).slice(0, 12).map((a) => ({
      id: a.id,
      label: a.name,
      group: t("palette.analysis"),
      run: () => onGo(`/audits/${a.id}`),
    })),
    ...(["light", "dark", "system"] as const).map((theme) => ({
      id: `theme ${theme}`,
      label: t(`theme.${theme}`),
      group: t("theme.label"),
      run: () => chooseTheme(theme),
    })),
    ...(["en", "es"] as const).map((language) => ({
      id: `language ${language}`,
      label: t(`language.${language}`),
      group: t("language.label"),
      run: () => void chooseLanguage(language),
    })),
    { id: "out", label: t("menu.signOut"), group: t("menu.account"), run: onSignOut },
  ];
}
