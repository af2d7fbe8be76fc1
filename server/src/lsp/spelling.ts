import { Message, type MessageStrategy } from 'vscode-languageserver';
import { spelledAlike } from '../workspace/uris.ts';

/** Names of fields that hold what people wrote, which may look like an address. */
const writings = new Set(['text', 'newText', 'message']);

/** Spells all addresses of files in a value alike, in place: clients write them in several ways. */
function spell(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const fields = value as Record<string, unknown>;
  for (const [key, field] of Object.entries(fields)) {
    if (typeof field !== 'string') spell(field);
    else if (field.startsWith('file:') && !writings.has(key)) fields[key] = spelledAlike(field);
  }
}

/** Messages as another strategy shall see them: with one spelling of each address. */
export const spelling = (strategy: MessageStrategy): MessageStrategy => ({
  handleMessage(message, next) {
    if (Message.isRequest(message) || Message.isNotification(message)) spell(message.params);
    return strategy.handleMessage(message, next);
  },
});
