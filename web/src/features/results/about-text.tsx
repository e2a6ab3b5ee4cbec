import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import Markdown, { type Components } from "react-markdown";

/** The READMEs of the stages, in English and Spanish, each its own chunk. */
const texts = import.meta.glob<string>("../../../../crates/audit/src/stages/*/README*.md", {
  query: "?raw",
  import: "default",
});

function loaderOf(stage: string, language: string) {
  const folder = `../../../../crates/audit/src/stages/${stage.replaceAll("-", "_")}`;
  return (
    (language === "en" ? undefined : texts[`${folder}/README.${language}.md`]) ?? texts[`${folder}/README.md`]
  );
}

/** Headings of the text stand below the stage's own; its title is already there. */
const components: Components = {
  h1: () => null,
  h2: ({ children }) => <h3 className="mt-4 mb-1 text-lg font-semibold first:mt-0">{children}</h3>,
  h3: ({ children }) => <h4 className="mt-3 mb-1 text-base font-semibold">{children}</h4>,
  p: ({ children }) => <p className="my-2">{children}</p>,
  ul: ({ children }) => <ul className="my-2 list-disc pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="my-2 list-decimal pl-5">{children}</ol>,
  code: ({ children }) => (
    <code className="rounded-sm bg-sunken px-1 font-mono text-[0.9em]">{children}</code>
  ),
  pre: ({ children }) => <pre className="my-2 overflow-x-auto rounded-md bg-sunken p-3">{children}</pre>,
  a: ({ href, children }) => (
    <a href={href} rel="noreferrer" target="_blank" className="text-accent-ink underline underline-offset-4">
      {children}
    </a>
  ),
};

export default function AboutText({ stage }: { stage: string }) {
  const { t, i18n } = useTranslation("results");
  const [text, setText] = useState<string | null>(null);
  const load = loaderOf(stage, i18n.language);
  useEffect(() => {
    let wanted = true;
    void load?.().then((loaded) => wanted && setText(loaded));
    return () => {
      wanted = false;
    };
  }, [load]);
  if (!load) return <p className="text-ink-muted">{t("about.none")}</p>;
  return (
    <div className="max-w-[75ch] text-base">
      <Markdown components={components}>{text ?? ""}</Markdown>
    </div>
  );
}
