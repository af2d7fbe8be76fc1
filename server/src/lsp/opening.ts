import { Message, type MessageStrategy } from 'vscode-languageserver';
import { pause } from './pause.ts';

type Next = Parameters<MessageStrategy['handleMessage']>[1];

/** The file that a message is about; undefined where it is about none, or not about one alone. */
function fileOf(message: Message): string | undefined {
  if (!Message.isRequest(message) && !Message.isNotification(message)) return undefined;
  const params = message.params as { readonly textDocument?: { readonly uri?: unknown }; readonly uri?: unknown } | undefined;
  const uri = params?.textDocument?.uri ?? params?.uri;
  return typeof uri === 'string' ? uri : undefined;
}

function openedText(message: Message): string | undefined {
  if (!Message.isNotification(message) || message.method !== 'textDocument/didOpen') return undefined;
  const text = (message.params as { readonly textDocument?: { readonly text?: unknown } } | undefined)?.textDocument?.text;
  return typeof text === 'string' ? text : undefined;
}

/**
 * Opens a large file little by little. What the client says of it meanwhile waits and is taken up in its order; what is said of other files
 * is answered in between.
 */
export class Opening implements MessageStrategy {
  /** Parses what a file will hold, in slices. Does not fail. */
  prepare: (uri: string, text: string) => Promise<void> = async () => undefined;
  /** URI → what waits until the file is open. */
  private readonly waiting = new Map<string, Message[]>();

  handleMessage(message: Message, next: Next): ReturnType<Next> {
    const uri = fileOf(message);
    const queue = uri === undefined ? undefined : this.waiting.get(uri);
    if (queue) {
      queue.push(message);
      return undefined;
    }
    const text = openedText(message);
    if (uri === undefined || text === undefined) return next(message);
    this.waiting.set(uri, [message]);
    void this.prepare(uri, text).then(() => this.release(uri, next));
    return undefined;
  }

  private async release(uri: string, next: Next): Promise<void> {
    const queue = this.waiting.get(uri) ?? [];
    for (let message = queue.shift(); message; message = queue.shift()) {
      void next(message);
      await pause();
    }
    this.waiting.delete(uri);
  }
}
