// JsSIP's socket (its own has no way to say goodbye): one WebSocket that speaks SIP (RFC 7118).
import type { Socket } from "jssip";

/** The page goes: the service ends the leg at once instead of waiting for silence. */
const GOODBYE = 4001;

export class SipSocket implements Socket {
  readonly url: string;
  readonly sip_uri: string;
  via_transport: string;
  private socket: WebSocket | null = null;

  constructor(url: string) {
    const { protocol, host } = new URL(url);
    this.url = url;
    this.sip_uri = `sip:${host};transport=ws`;
    this.via_transport = protocol === "wss:" ? "WSS" : "WS";
  }

  // JsSIP sets these.
  onconnect: Socket["onconnect"] = () => undefined;
  ondisconnect: Socket["ondisconnect"] = () => undefined;
  ondata: Socket["ondata"] = () => undefined;

  connect(): void {
    if (this.socket !== null) return;
    const socket = new WebSocket(this.url, "sip");
    this.socket = socket;
    socket.onopen = () => this.onconnect();
    socket.onmessage = ({ data }) => this.ondata(data as string);
    socket.onclose = ({ wasClean, code, reason }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.ondisconnect(!wasClean, code, reason);
    };
  }

  disconnect(): void {
    this.end(1000);
  }

  /** The page is closed or reloaded: leave so that the service knows. */
  goodbye(): void {
    this.end(GOODBYE);
  }

  /** After sleep a socket can look open and be dead: begin anew, and keep the talk. */
  reset(): void {
    if (this.socket === null) return;
    this.end(3000);
    this.ondisconnect(true, 1006, "");
  }

  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    if (!this.isConnected() || typeof message !== "string") return false;
    this.socket?.send(message);
    return true;
  }

  isConnected(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  isConnecting(): boolean {
    return this.socket?.readyState === WebSocket.CONNECTING;
  }

  private end(code: number): void {
    const { socket } = this;
    this.socket = null;
    socket?.close(code);
  }
}
