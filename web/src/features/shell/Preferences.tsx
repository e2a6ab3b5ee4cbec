import { Monitor, Moon, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";

import { chooseLanguage, type Language, languages } from "@/i18n/i18n";
import { chooseTheme, type Theme, useTheme } from "@/lib/theme";
import { Segments } from "@/ui/Choice";

const themes: { id: Theme; icon: typeof Sun }[] = [
  { id: "system", icon: Monitor },
  { id: "light", icon: Sun },
  { id: "dark", icon: Moon },
];

/** Language and theme side by side. */
export function Preferences({
  size = "sm",
  quietLabels = true,
}: {
  size?: "sm" | "md";
  quietLabels?: boolean;
}) {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-3">
      <Segments
        label={t("language.label")}
        quietLabel={quietLabels}
        size={size}
        value={i18n.language as Language}
        onChange={(l) => void chooseLanguage(l)}
        options={languages.map((id) => ({ id, label: t(`language.${id}`) }))}
      />
      <Segments
        label={t("theme.label")}
        quietLabel={quietLabels}
        size={size}
        value={theme}
        onChange={chooseTheme}
        options={themes.map(({ id, icon: Icon }) => ({
          id,
          label: t(`theme.${id}`),
          icon: <Icon aria-hidden size={13} />,
        }))}
      />
    </div>
  );
}
