"""Mails as real programs, broken ones and bad people send them: name, bytes, what must be shown."""

import base64
import quopri

from app.domain.mail import Auto
from tests.unit.messaging.mail_shapes import (
    BOUNCE,
    HTML,
    IMAGE,
    PLAIN,
    Nasty,
    mail,
    nested,
    part,
    parts,
    whole,
)

NASTY: tuple[Nasty, ...] = (
    Nasty("nothing at all", b"", note="no text"),
    Nasty("no header", b"\n\njust words\n", text="just words"),
    Nasty("no empty line", b"Subject: only this", subject="only this", note="no text"),
    Nasty("a body where headers belong", b"Dear all,\nplease help\n", text="please help"),
    Nasty("NUL bytes", mail(b"be\x00fore"), text="before"),
    Nasty("lines that end in CR alone", mail(b"one\rtwo\rthree"), text="one\ntwo\nthree"),
    Nasty("8-bit Windows text that says nothing", mail("Größe".encode("cp1252")), text="Größe"),
    Nasty(
        "UTF-8 that says it is ASCII",
        mail("Größe 😊", "Content-Type: text/plain; charset=us-ascii\n"),
        text="Größe 😊",
    ),
    Nasty(
        "Windows text that says it is Latin-1",
        mail("“Größe”€".encode("cp1252"), "Content-Type: text/plain; charset=iso-8859-1\n"),
        text="“Größe”€",
    ),
    Nasty(
        "an unknown charset",
        mail("Größe", "Content-Type: text/plain; charset=x-klingon\n"),
        text="Größe",
    ),
    Nasty(
        "a charset that is a Python codec and no charset",
        mail("abc", "Content-Type: text/plain; charset=idna\n"),
        text="abc",
    ),
    Nasty("a charset that packs", mail("abc", "Content-Type: text/plain; charset=zip\n"), "abc"),
    Nasty(
        "Shift-JIS with signs of Windows",
        mail("①注文".encode("cp932"), "Content-Type: text/plain; charset=Shift_JIS\n"),
        text="①注文",
    ),
    Nasty(
        "GB2312 that is GB18030",
        mail("订单镕".encode("gb18030"), "Content-Type: text/plain; charset=gb2312\n"),
        text="订单镕",
    ),
    Nasty(
        "ISO-2022-JP, seven bits",
        mail("注文".encode("iso2022_jp"), "Content-Type: text/plain; charset=iso-2022-jp\n"),
        text="注文",
    ),
    Nasty("UTF-8 with a mark at its begin", mail(b"\xef\xbb\xbfabc"), text="abc"),
    Nasty(
        "UTF-8 cut within a sign",
        mail("ab😊".encode()[:-2], "Content-Type: text/plain; charset=utf-8\n"),
        text="ab",
    ),
    Nasty(
        "UTF-16 in base64",
        mail(
            base64.b64encode("Größe".encode("utf-16")),
            "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n",
        ),
        text="Größe",
    ),
    Nasty(
        "base64 with dirt in it and without its end",
        mail(b"aGVs!bG8\n gd29y==bGQ", "Content-Transfer-Encoding: base64\n"),
        text="hello",
    ),
    Nasty(
        "quoted-printable that is broken",
        mail(b"50=2 off =XY =\n", "Content-Transfer-Encoding: quoted-printable\n"),
        text="50=2 off",
    ),
    Nasty(
        "an unknown transfer encoding",
        mail("as it is", "Content-Transfer-Encoding: base85\n"),
        text="as it is",
    ),
    Nasty(
        "uuencode that is broken",
        mail("begin 644 x\n!!!!\nend\n", "Content-Transfer-Encoding: x-uuencode\n"),
        text="",
    ),
    Nasty("raw UTF-8 in the subject", mail("x", subject="Größe 😊"), subject="Größe 😊"),
    Nasty(
        "raw Windows bytes in the subject",
        mail("x", subject="@@").replace(b"@@", "Größe".encode("cp1252")),
        subject="Größe",
    ),
    Nasty(
        "encoded words cut within a sign",
        mail("x", subject="=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?="),
        subject="Gr",
    ),
    Nasty(
        "encoded words that are broken",
        mail("x", subject="=?utf-8?B?!!!?= =?nix?Q?=FF?= ok"),
        subject="ok",
    ),
    Nasty(
        "a subject over many lines, with control signs",
        mail("x", subject="one\n two\n\tthree\x07\x1b[31m"),
        subject="one two three",
    ),
    Nasty("a subject without an end", mail("words", subject="a" * 200_000), text="words"),
    Nasty(
        "a script as subject and name",
        mail("x", subject="<script>alert(1)</script>"),
        subject="<script>alert(1)</script>",
    ),
    Nasty("no sender", b"To: support@example.com\n\nhello", text="hello"),
    Nasty("a sender that is no address", b"From: ((((<@>;,\nSubject: s\n\nhello", text="hello"),
    Nasty(
        "ten thousand recipients",
        b"From: a@b.c\nCc: " + b", ".join(b"u%d@x.y" % n for n in range(10_000)) + b"\n\nhello",
        text="hello",
    ),
    Nasty(
        "every header twice",
        b"From: a@b.c\nFrom: d@e.f\nSubject: one\nSubject: two\nMessage-ID: <a@b>\n\nhello",
        text="hello",
        subject="one",
    ),
    Nasty(
        "an empty Message-ID, and brackets that are none",
        b"From: a@b.c\nMessage-ID: <>\nIn-Reply-To: [x\nReferences: < a@b >, <<c@d>>\n\nhello",
        text="hello",
    ),
    Nasty("a date of no calendar", mail("x", "Date: 31 Feb 99999 25:61 +9999\n"), text="x"),
    Nasty("HTML alone", mail("<p>a</p><p>b</p>", "Content-Type: text/html\n"), text="a\n\nb"),
    Nasty(
        "HTML that runs",
        mail(
            "<p onclick=x()>hi<script>steal()</script><style>p{}</style>",
            "Content-Type: text/html\n",
        ),
        text="hi",
    ),
    Nasty(
        "HTML that never closes",
        mail("<div>" * 50_000 + "deep", "Content-Type: text/html\n"),
        "deep",
    ),
    Nasty(
        "HTML of Outlook",
        mail("<o:p>a</o:p><!--[if mso]>x<![endif]-->", "Content-Type: text/html\n"),
        "a",
    ),
    Nasty("both, HTML first", whole(parts("alternative", HTML, PLAIN)), text="plain words"),
    Nasty(
        "text empty, HTML not",
        whole(parts("alternative", part("text/plain", " "), HTML)),
        text="html words",
    ),
    Nasty(
        "a picture within HTML",
        whole(parts("related", part("text/html", '<img src="cid:i@x">see'), IMAGE)),
        text="see",
        files=("a.png",),
    ),
    Nasty("a picture and no text", whole(parts("mixed", IMAGE)), files=("a.png",)),
    Nasty(
        "text, picture, text",
        whole(parts("mixed", PLAIN, IMAGE, part("text/plain", "after"))),
        text="plain words\n\nafter",
        files=("a.png",),
    ),
    Nasty("twenty multiparts within each other", whole(nested(20)), text="at the bottom"),
    Nasty("five hundred of them", whole(nested(500)), note=" "),
    Nasty(
        "a thousand parts",
        whole(parts("mixed", PLAIN, *[IMAGE] * 1000)),
        "plain words",
        note="parts",
    ),
    Nasty(
        "a boundary that never comes",
        whole("Content-Type: multipart/mixed; boundary=zz\n\nwords"),
        "words",
    ),
    Nasty(
        "a multipart without a boundary", whole("Content-Type: multipart/mixed\n\nwords"), "words"
    ),
    Nasty(
        "a boundary that is not closed",
        whole(parts("mixed", PLAIN).removesuffix("--b0--\n")),
        text="plain words",
    ),
    Nasty(
        "the same boundary within itself",
        whole(parts("mixed", parts("alternative", PLAIN, HTML), IMAGE)),
        text="words",
    ),
    Nasty("a content type of nonsense", mail("words", 'Content-Type: ;;="/\n'), text="words"),
    Nasty(
        "a type that nobody knows",
        mail("words", "Content-Type: application/x-no\n"),
        files=("file",),
    ),
    Nasty(
        "winmail.dat",
        whole(parts("mixed", PLAIN, part("application/ms-tnef; name=winmail.dat", "x"))),
        text="plain words",
        files=("winmail.dat",),
        note="TNEF",
    ),
    Nasty(
        "an invitation",
        whole(
            parts(
                "alternative",
                part(
                    "text/calendar; method=REQUEST",
                    "BEGIN:VEVENT\nSUMMARY:Lunch\\, late\nDTSTART;TZID=X:2026\n 1201T120000\n"
                    "END:VEVENT",
                ),
            )
        ),
        text="Summary: Lunch, late\nDtstart: 20261201T120000",
        files=("invitation.ics",),
    ),
    Nasty(
        "a file whose name is a path",
        whole(parts("mixed", PLAIN, part('text/x-sh; name="../../etc/passwd"', "x"))),
        files=("passwd",),
    ),
    Nasty(
        "a file name in encoded words",
        whole(parts("mixed", part('application/pdf; name="=?utf-8?Q?Gr=C3=B6=C3=9Fe.pdf?="', "x"))),
        files=("Größe.pdf",),
    ),
    Nasty(
        "a file name in pieces (RFC 2231)",
        whole(
            parts(
                "mixed",
                part(
                    "application/pdf",
                    "x",
                    "Content-Disposition: attachment; filename*0*=utf-8''Gr%C3%B6; filename*1*="
                    "%C3%9Fe.pdf\n",
                ),
            )
        ),
        files=("Größe.pdf",),
    ),
    Nasty(
        "a file name that turns round",
        whole(parts("mixed", part('application/pdf; name="a\u202efdp.exe"', "x"))),
        files=("a fdp.exe",),
    ),
    Nasty(
        "a file name of a thousand signs",
        whole(parts("mixed", part(f'application/pdf; name="{"a" * 1000}.pdf"', "x"))),
        files=("a" * 146 + ".pdf",),
    ),
    Nasty(
        "a mail within the mail",
        whole(
            parts("mixed", PLAIN, part("message/rfc822", "From: e@f.g\nSubject: In\n\ninner words"))
        ),
        text="inner words",
        files=("In.eml",),
    ),
    Nasty(
        "encrypted",
        whole(
            parts(
                "encrypted",
                part("application/pgp-encrypted", "Version: 1"),
                part("application/octet-stream; name=m.asc", "x"),
            )
        ),
        note="encrypted",
        files=("file", "m.asc"),
    ),
    Nasty(
        "a part of it elsewhere",
        mail("x", "Content-Type: message/external-body\n"),
        note="elsewhere",
    ),
    Nasty(
        "25 MB of one line",
        mail(b"a" * (25 * 1024 * 1024 - 400)),
        text="aaaa",
        note="so long",
    ),
    Nasty(
        "25 MB of a file",
        whole(
            parts(
                "mixed",
                PLAIN,
                part(
                    "application/zip; name=big.zip",
                    "QUJD\n" * 5_000_000,
                    "Content-Transfer-Encoding: base64\n",
                ),
            )
        ),
        text="plain words",
        files=("big.zip",),
    ),
    Nasty(
        "a bounce",
        whole(BOUNCE),
        text="could not be delivered",
        auto=Auto.BOUNCE,
        files=("Re_ Order.eml",),
    ),
    Nasty(
        "a bounce that tells it in words alone",
        b"From: MAILER-DAEMON@x.y\nReturn-Path: <>\nSubject: failure\n\nsorry\n"
        b"Message-ID: <ours@ringdesk>\n",
        text="sorry",
        auto=Auto.BOUNCE,
    ),
    Nasty(
        "away from the desk",
        mail("away", "Auto-Submitted: auto-replied (vacation)\n"),
        "away",
        auto=Auto.REPLIED,
    ),
    Nasty(
        "away, as Exchange says it",
        mail("away", "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n"),
        text="away",
        auto=Auto.REPLIED,
    ),
    Nasty(
        "a machine's order form",
        mail("2 pcs", "Auto-Submitted: auto-generated\n"),
        "2 pcs",
        auto=Auto.GENERATED,
    ),
    Nasty(
        "a mailing list",
        mail("news", "List-Id: <n.example.com>\nPrecedence: bulk\n"),
        "news",
        auto=Auto.LIST,
    ),
    Nasty("our own mail, back again", mail("x", "X-Ringdesk: 1\n"), "x", auto=Auto.LOOP),
    Nasty(
        "a mail of sixty hops",
        mail("x", "Received: from a by b; today\n" * 60),
        "x",
        auto=Auto.LOOP,
    ),
    Nasty(
        "quoted-printable in the middle of a sign",
        mail(
            quopri.encodestring("Größe".encode()),
            "Content-Transfer-Encoding: Quoted-Printable \n"
            'Content-Type: text/plain; charset="utf-8\n',
        ),
        text="Größe",
    ),
    Nasty(
        "a file name in raw UTF-8",
        whole(parts("mixed", part('application/pdf; name="Größe 😊.pdf"', "x"))),
        files=("Größe 😊.pdf",),
    ),
)
"""More than fifty; each becomes something readable, or says why not."""
