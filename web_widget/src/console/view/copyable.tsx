/** A fact that is copied with one press, and says that it was. */
import { Check, Copy } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../shared/components/icon";

const SAID_MS = 1_600;

export function Copyable({ value }: { value: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      class="copyable"
      title="Copy"
      onClick={() => {
        navigator.clipboard.writeText(value).then(
          () => setCopied(true),
          () => setCopied(false),
        );
      }}
    >
      <span class="copyable-value" dir="auto">
        {value}
      </span>
      <Icon node={copied ? Check : Copy} />
      <span class="fd-hidden" role="status">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}
