import { FileUp } from "lucide-react";
import { DropZone, type FileDropItem, FileTrigger, Text } from "react-aria-components";

import { Button } from "./Button";

interface FileDropProps {
  /** Names the drop zone. */
  label: string;
  prompt: string;
  button: string;
  hint: string;
  accept?: readonly string[];
  isDisabled?: boolean;
  onFile: (file: File) => void;
}

/** A file by drag, paste, click or keyboard. */
export function FileDrop({ label, prompt, button, hint, accept, isDisabled, onFile }: FileDropProps) {
  return (
    <DropZone
      aria-label={label}
      isDisabled={isDisabled ?? false}
      getDropOperation={() => "copy"}
      onDrop={(event) => {
        const item = event.items.find((i): i is FileDropItem => i.kind === "file");
        if (item) void item.getFile().then(onFile);
      }}
      className="flex flex-col items-center justify-center gap-2 rounded-lg border border-dashed border-line-strong bg-surface px-4 py-7 text-center transition-colors data-[drop-target]:border-accent data-[drop-target]:bg-accent-soft data-[focus-visible]:outline-2 data-[focus-visible]:outline-focus"
    >
      <FileUp aria-hidden size={22} strokeWidth={1.6} className="text-ink-faint" />
      <Text slot="label" className="text-base text-ink">
        {prompt}
      </Text>
      <FileTrigger
        {...(accept ? { acceptedFileTypes: accept } : {})}
        onSelect={(files) => {
          const file = files?.[0];
          if (file) onFile(file);
        }}
      >
        <Button size="sm" isDisabled={isDisabled ?? false}>
          {button}
        </Button>
      </FileTrigger>
      <span className="text-xs text-ink-muted">{hint}</span>
    </DropZone>
  );
}
