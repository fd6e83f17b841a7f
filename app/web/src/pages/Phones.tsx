// Settings > Operations > Phones: SIP accounts, and how a phone is set up with one.
import { useMemo, useState } from "react";
import qrcode from "qrcode-generator";
import { admin, type Phone } from "../admin/api";
import { Act, Copyable, FindField, fits, FormDialog, Head, Table, Wait } from "../admin/parts";
import { useLoaded } from "../admin/useList";
import { adminWords } from "../strings/admin";
import { Dialog } from "../ui/Dialog";

const said = adminWords.phones;

type Opened = { readonly on: Phone; readonly what: "show" | "rotate" | "renew" } | null;

export default function Phones() {
  const loaded = useLoaded(admin.phones);
  const [wanted, setWanted] = useState("");
  const [opened, setOpened] = useState<Opened>(null);
  const close = (): void => setOpened(null);

  /** The new credentials are shown at once: the phone needs them. */
  async function replaced(made: Promise<Phone>): Promise<void> {
    const phone = await made;
    await loaded.reload();
    window.setTimeout(() => setOpened({ on: phone, what: "show" }));
  }

  return (
    <>
      <Head title={said.title} intro={said.intro} />
      <Wait of={loaded}>
        {({ items }) => (
          <>
            <div className="admin-tools">
              <FindField value={wanted} onChange={setWanted} />
            </div>
            <Table
              label={said.title}
              items={items.filter(({ name, user }) => fits(wanted, `${name} ${user}`))}
              keyOf={({ id }) => id}
              empty={items.length > 0 ? adminWords.nothingFound : said.empty}
              columns={[
                { name: said.owner, isName: true, show: ({ name }) => name },
                { name: said.user, show: ({ user }) => <code>{user}</code> },
                { name: said.state, show: ({ registered }) => (registered ? said.registered : said.away) },
              ]}
              actions={(phone) => (
                <>
                  <Act does={said.show} on={phone.name} onClick={() => setOpened({ on: phone, what: "show" })} />
                  <Act does={said.rotate} on={phone.name} onClick={() => setOpened({ on: phone, what: "rotate" })} />
                  <Act does={said.renew} on={phone.name} onClick={() => setOpened({ on: phone, what: "renew" })} />
                </>
              )}
            />
          </>
        )}
      </Wait>
      {opened?.what === "show" && <SetUp phone={opened.on} onClose={close} />}
      {opened?.what === "rotate" && (
        <FormDialog
          title={said.rotateTitle(opened.on.name)}
          submit={said.rotate}
          danger
          onSubmit={() => replaced(admin.rotatePhone(opened.on.id))}
          onClose={close}
        >
          <p>{said.rotateHint}</p>
        </FormDialog>
      )}
      {opened?.what === "renew" && (
        <FormDialog
          title={said.renewTitle(opened.on.name)}
          submit={said.renew}
          danger
          onSubmit={() => replaced(admin.newPhone(opened.on.id))}
          onClose={close}
        >
          <p>{said.renewHint}</p>
        </FormDialog>
      )}
    </>
  );
}

function SetUp({ phone, onClose }: { readonly phone: Phone; readonly onClose: () => void }) {
  return (
    <Dialog title={said.showTitle(phone.name)} onClose={onClose}>
      <QrCode content={phone.uri} />
      <p className="quiet">{said.scan}</p>
      <Copyable label={said.server} value={phone.server} />
      <Copyable label={said.user} value={phone.user} />
      <Copyable label={said.password} value={phone.password} />
      <p className="quiet">{said.transport}</p>
      <div className="buttons">
        <button type="button" className="primary" onClick={onClose}>
          {adminWords.close}
        </button>
      </div>
    </Dialog>
  );
}

/** Modules of white around a code, which readers need (ISO/IEC 18004, 6.3.8). */
const QUIET = 4;

/** Drawn on this page: the password goes to nobody else's service. Dark on white in any theme. */
function QrCode({ content }: { readonly content: string }) {
  const [size, path] = useMemo(() => drawn(content), [content]);
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={said.qr} data-content={content}>
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}

function drawn(content: string): readonly [number, string] {
  const code = qrcode(0, "M");
  code.addData(content);
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
    }
  }
  return [count + 2 * QUIET, path];
}
