// The SIP side, by JsSIP: a chunk of its own, loaded once somebody connects a headset.
import { debug, UA } from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import type { RTCSessionEvent } from "jssip/lib/UA";
import type { SipSession } from "../api/types";
import { SipSocket } from "./socket";

/** Seconds. */
const REGISTRATION = 120;
const RECONNECT_LEAST = 1;
const RECONNECT_MOST = 4;
/** Milliseconds to wait for a relay's address, where relays are set. */
const RELAY_WAIT = 1_000;
const ECHO = "300";
/** Both sides' sound is in one bundle from the first packet. */
const BUNDLE: RTCBundlePolicy = "max-bundle";

export interface SipListener {
  registered(): void;
  /** The connection is lost; it comes back by itself unless `close` is called. */
  down(code: number | undefined): void;
  /** The service does not know this phone (any more). */
  refused(): void;
  rings(): void;
  up(): void;
  ended(): void;
  /** What the other side says; of the leg, or of the echo test. */
  sound(stream: MediaStream): void;
  echo(on: boolean): void;
}

export class SipPhone {
  private readonly listener: SipListener;
  private readonly socket: SipSocket;
  private readonly ua: UA;
  private readonly config: RTCConfiguration;
  private leg: RTCSession | null = null;
  private test: RTCSession | null = null;

  constructor(account: SipSession, listener: SipListener) {
    debug.disable();
    this.listener = listener;
    this.socket = new SipSocket(account.websocket_url);
    this.config = { iceServers: account.ice_servers.map(iceServer), bundlePolicy: BUNDLE };
    this.ua = new UA({
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- JsSIP takes whatever has the shape
      sockets: this.socket,
      uri: account.uri,
      password: account.password,
      register: true,
      register_expires: REGISTRATION,
      session_timers: false,
      connection_recovery_min_interval: RECONNECT_LEAST,
      connection_recovery_max_interval: RECONNECT_MOST,
      user_agent: "Ringdesk",
    });
    this.ua.on("registered", () => listener.registered());
    this.ua.on("registrationFailed", () => listener.refused());
    this.ua.on("disconnected", ({ code }) => listener.down(code));
    this.ua.on("newRTCSession", ({ session }: RTCSessionEvent) => {
      if ((session.direction as string) === "incoming") this.arrived(session);
    });
  }

  start(): void {
    this.ua.start();
  }

  /** Answers what rings. */
  answer(microphone: MediaStream): void {
    this.leg?.answer({ mediaStream: microphone, pcConfig: this.config });
  }

  /** Ends the leg here; the service ended it already, or is told so by its BYE. */
  hangUp(): void {
    end(this.leg);
  }

  /** Calls the echo; a second call ends it. */
  toggleEcho(microphone: MediaStream): void {
    if (this.test) {
      end(this.test);
      return;
    }
    const session = this.ua.call(ECHO, {
      mediaStream: microphone,
      pcConfig: this.config,
    });
    this.test = session;
    this.listener.echo(true);
    this.wire(session, () => {
      this.test = null;
      this.listener.echo(false);
    });
  }

  /** Another microphone, in the middle of a talk as well. */
  async use(microphone: MediaStream): Promise<void> {
    const [track] = microphone.getAudioTracks();
    if (!track) return;
    for (const session of [this.leg, this.test]) {
      const sender = connectionOf(session)?.getSenders().find((each) => each.track?.kind === "audio");
      await sender?.replaceTrack(track);
    }
  }

  /** The computer slept, or the network is another: the connection begins anew. */
  refresh(): void {
    this.socket.reset();
  }

  /** The page is being closed, or its phone taken: nothing said after it reaches the service, no
   *  BYE either, which would end the talk. */
  goodbye(): void {
    this.socket.goodbye();
  }

  close(): void {
    this.ua.removeAllListeners();
    const sessions = [this.leg, this.test];
    this.leg = this.test = null;
    for (const session of sessions) end(session);
    this.ua.stop();
  }

  private arrived(session: RTCSession): void {
    const before = this.leg;
    this.leg = session;
    end(before); // Asterisk has one leg for each agent: the one before is over
    session.on("confirmed", () => {
      if (this.leg === session) this.listener.up();
    });
    this.wire(session, () => {
      if (this.leg !== session) return;
      this.leg = null;
      this.listener.ended();
    });
    this.listener.rings();
  }

  private wire(session: RTCSession, over: () => void): void {
    session.on("ended", over);
    session.on("failed", over);
    session.on("icecandidate", ({ candidate, ready }) => {
      // Asterisk learns our address from the first packet: only a relay's is worth waiting for.
      const relayed = this.config.iceServers?.some(({ urls }) => String(urls).startsWith("turn"));
      if (!relayed || candidate.type === "relay") ready();
      else window.setTimeout(ready, RELAY_WAIT);
    });
    const listen = (connection: RTCPeerConnection): void => {
      connection.addEventListener("track", ({ track, receiver }) => {
        receiver.jitterBufferTarget = 0; // as little as the network allows
        this.listener.sound(new MediaStream([track]));
      });
    };
    const connection = connectionOf(session);
    if (connection) listen(connection);
    else session.on("peerconnection", ({ peerconnection }) => listen(peerconnection));
  }
}

/** There is none before an answer, whatever its type says. */
const connectionOf = (session: RTCSession | null): RTCPeerConnection | null =>
  session?.connection ?? null;

function end(session: RTCSession | null): void {
  try {
    session?.terminate();
  } catch {
    // It was over already, which is what was wanted.
  }
}

function iceServer({ urls, username, credential }: SipSession["ice_servers"][number]): RTCIceServer {
  return username === null || credential === null ? { urls } : { urls, username, credential };
}
