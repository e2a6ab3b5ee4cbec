import { FileCheck2, Ruler, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Logo } from "@/ui/Logo";

const points = [
  { id: "safe", icon: ShieldCheck },
  { id: "exact", icon: Ruler },
  { id: "proof", icon: FileCheck2 },
] as const;

/** The form at one side, what Fine is at the other. */
export function AuthLayout({ children }: { children: ReactNode }) {
  const { t } = useTranslation("account");
  return (
    <div className="mx-auto grid w-full max-w-6xl flex-1 items-center gap-x-16 gap-y-10 px-4 py-8 sm:px-6 lg:grid-cols-[1fr_25rem] lg:py-14">
      <section className="order-2 max-w-xl lg:order-1">
        <p className="mb-5 hidden items-center gap-2.5 text-xl font-semibold tracking-tight lg:flex">
          <Logo size={30} />
          Fine
        </p>
        <h2 className="text-2xl font-semibold sm:text-3xl">{t("pitch.title")}</h2>
        <p className="mt-3 text-lg text-ink-muted">{t("pitch.body")}</p>
        <ul className="mt-7 flex flex-col gap-4">
          {points.map(({ id, icon: Icon }) => (
            <li key={id} className="flex gap-3">
              <span className="flex h-8 w-8 shrink-0 items-center justify-center rounded-md bg-accent-soft text-accent-ink">
                <Icon aria-hidden size={17} />
              </span>
              <span>
                <span className="block font-medium">{t(`pitch.points.${id}.title`)}</span>
                <span className="block text-ink-muted">{t(`pitch.points.${id}.body`)}</span>
              </span>
            </li>
          ))}
        </ul>
      </section>
      <div className="order-1 w-full max-w-md justify-self-center lg:order-2">
        <p className="mb-4 flex items-center gap-2 text-lg font-semibold tracking-tight lg:hidden">
          <Logo size={26} />
          Fine
        </p>
        <div className="card p-6 sm:p-7">{children}</div>
      </div>
    </div>
  );
}
