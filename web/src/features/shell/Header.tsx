import { Link } from "@tanstack/react-router";
import { CircleUserRound, LogOut, Plus, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";

import { chooseLanguage, type Language, languages } from "@/i18n/i18n";
import { chooseTheme, type Theme, useTheme } from "@/lib/theme";
import { Button, buttonClass } from "@/ui/Button";
import { Logo } from "@/ui/Logo";
import { Menu } from "@/ui/Menu";

interface HeaderProps {
  email: string;
  onSignOut: () => void;
  onAccount: () => void;
}

const places = [
  { to: "/audits", key: "nav.audits" },
  { to: "/data", key: "nav.data" },
  { to: "/models", key: "nav.models" },
] as const;

/** The bar at the top: where one is, a new audit, and one's account. */
export function Header({ email, onSignOut, onAccount }: HeaderProps) {
  const { t } = useTranslation();
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-surface print:hidden">
      <div className="mx-auto flex h-14 w-full max-w-7xl items-center gap-3 px-4 sm:gap-6 sm:px-6">
        <Link to="/audits" className="flex items-center gap-2 text-lg font-semibold tracking-tight text-ink">
          <Logo />
          <span className="max-sm:sr-only">{t("name")}</span>
        </Link>
        <nav
          aria-label={t("nav.label")}
          className="flex min-w-0 flex-1 items-stretch gap-0.5 overflow-x-auto"
        >
          {places.map((p) => (
            <Link
              key={p.to}
              to={p.to}
              className="rounded-md px-2 py-1.5 text-base whitespace-nowrap text-ink-muted outline-offset-[-2px] hover:bg-hover hover:text-ink sm:px-3"
              activeProps={{ className: "!text-ink font-medium bg-sunken" }}
            >
              {t(p.key)}
            </Link>
          ))}
        </nav>
        <Link to="/audits/new/files" className={buttonClass("primary", "sm", "max-sm:!px-1.5")}>
          <Plus aria-hidden size={15} strokeWidth={2.4} />
          <span className="max-sm:sr-only">{t("nav.new")}</span>
        </Link>
        <AccountMenu email={email} onSignOut={onSignOut} onAccount={onAccount} />
      </div>
    </header>
  );
}

function AccountMenu({ email, onSignOut, onAccount }: HeaderProps) {
  const { t, i18n } = useTranslation();
  const theme = useTheme();
  return (
    <Menu
      label={t("menu.label")}
      trigger={
        <Button look="quiet" size="icon" aria-label={t("menu.label")}>
          <CircleUserRound aria-hidden size={19} strokeWidth={1.8} />
        </Button>
      }
      header={<p className="truncate border-b border-line px-3 py-2 text-sm text-ink-muted">{email}</p>}
      choices={[
        {
          id: "language",
          title: t("language.label"),
          options: languages.map((id) => ({ id, label: t(`language.${id}`) })),
          value: i18n.language,
          onChange: (v) => void chooseLanguage(v as Language),
        },
        {
          id: "theme",
          title: t("theme.label"),
          options: (["system", "light", "dark"] as const).map((id) => ({ id, label: t(`theme.${id}`) })),
          value: theme,
          onChange: (v) => chooseTheme(v as Theme),
        },
      ]}
      actions={[
        {
          id: "account",
          label: t("menu.account"),
          icon: <UserRound aria-hidden size={14} />,
          onAction: onAccount,
        },
        { id: "out", label: t("menu.signOut"), icon: <LogOut aria-hidden size={14} />, onAction: onSignOut },
      ]}
    />
  );
}
