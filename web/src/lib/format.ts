import { useMemo } from "react";
import { useTranslation } from "react-i18next";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Numbers, sizes and times in the words of one language. */
export function makeFormat(locale: string) {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  return {
    locale,
    /** A count. */
    count: (n: number) => whole.format(n),
    /** A number with a fixed number of digits after the point. */
    fixed: (n: number, digits = 3) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
        n,
      ),
    /** A number with about this many significant digits. */
    significant: (n: number, digits = 3) =>
      new Intl.NumberFormat(locale, { maximumSignificantDigits: digits }).format(n),
    percent: (share: number) => percent.format(share),
    /** An amount of US dollars, small ones to a hundredth of a cent. */
    dollars: (n: number) => {
      const write = new Intl.NumberFormat(locale, {
        style: "currency",
        currency: "USD",
        minimumFractionDigits: 2,
        maximumFractionDigits: n < 1 ? 4 : 2,
      });
      return n > 0 && n < 0.0001 ? `< ${write.format(0.0001)}` : write.format(n);
    },
    bytes: (n: number) => {
      let unit = 0;
      let value = n;
      while (value >= 1000 && unit < UNITS.length - 1) {
        value /= 1000;
        unit += 1;
      }
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit: UNITS[unit]!,
        unitDisplay: unit === 0 ? "long" : "short",
        maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
      }).format(value);
    },
    date: (iso: string) => day.format(new Date(iso)),
    dateTime: (iso: string) => moment.format(new Date(iso)),
    /** A length of time, to the second. */
    duration: (ms: number) => {
      const seconds = Math.max(0, Math.round(ms / 1000));
      const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
      const part = (value: number, unit: "hour" | "minute" | "second") =>
        new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(value);
      if (h > 0) return `${part(h, "hour")} ${part(m, "minute")}`;
      if (m > 0) return `${part(m, "minute")} ${part(s, "second")}`;
      return part(s, "second");
    },
  };
}

export type Format = ReturnType<typeof makeFormat>;

/** The format of the language of the page. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => makeFormat(i18n.language), [i18n.language]);
}
