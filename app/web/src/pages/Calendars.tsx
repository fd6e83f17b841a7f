// Settings > Operations > Calendars.
import { useState } from "react";
import { Act, CheckField, FormDialog, Head, Table, TextField, Wait } from "../admin/parts";
import { DAYS, holidaysOf, holidaysText, hoursOf, hoursText, listed, routing, type Calendar, type CalendarChange } from "../admin/routing";
import { sentenceOf, useLoaded } from "../admin/useList";
import { adminWords } from "../strings/admin";
import { calendarWords as said } from "../strings/routing";

type Opened = { readonly on: Calendar | null; readonly what: "change" | "remove" } | null;

function now({ open, until }: Calendar): string {
  const state = open ? said.open : said.closed;
  return until ? said.until(state, new Date(until).toLocaleString()) : state;
}

const given = (of: Calendar): CalendarChange => ({
  name: of.name,
  time_zone: of.time_zone,
  hours: of.hours,
  holidays: of.holidays,
  emergency_close: of.emergency_close,
  skills: of.skills,
  entries: of.entries,
});

export default function Calendars() {
  const loaded = useLoaded(routing.calendars);
  const [opened, setOpened] = useState<Opened>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const close = (): void => setOpened(null);
  async function shut(calendar: Calendar): Promise<void> {
    try {
      const changed = { ...given(calendar), emergency_close: !calendar.emergency_close };
      await routing.saveCalendar(calendar.id, changed);
      setProblem(null);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    await loaded.reload();
  }
  return (
    <>
      <Head title={said.title} intro={said.intro}>
        <button type="button" className="primary" onClick={() => setOpened({ on: null, what: "change" })}>
          {said.add}
        </button>
      </Head>
      <p className="problem" role="alert">
        {problem}
      </p>
      <Wait of={loaded}>
        {({ items }) => (
          <Table
            label={said.title}
            items={items}
            keyOf={({ id }) => id}
            empty={said.empty}
            columns={[
              { name: said.name, isName: true, show: ({ name }) => name },
              { name: said.now, show: now },
              { name: said.zone, show: ({ time_zone }) => time_zone },
              { name: said.uses, show: ({ skills, entries }) => [...skills, ...entries].join(", ") },
            ]}
            actions={(calendar) => (
              <>
                <Act
                  does={calendar.emergency_close ? said.reopen : said.shut}
                  on={calendar.name}
                  onClick={() => void shut(calendar)}
                />
                <Act does={adminWords.edit} on={calendar.name} onClick={() => setOpened({ on: calendar, what: "change" })} />
                <Act does={adminWords.remove} on={calendar.name} onClick={() => setOpened({ on: calendar, what: "remove" })} />
              </>
            )}
          />
        )}
      </Wait>
      {opened?.what === "change" && <Change calendar={opened.on} onClose={close} onDone={loaded.reload} />}
      {opened?.what === "remove" && opened.on && (
        <Remove calendar={opened.on} onClose={close} onDone={loaded.reload} />
      )}
    </>
  );
}

interface ChangeProps {
  readonly calendar: Calendar | null;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

function Remove({ calendar, onClose, onDone }: ChangeProps & { readonly calendar: Calendar }) {
  const remove = async (): Promise<void> => {
    await routing.removeCalendar(calendar.id);
    await onDone();
  };
  return (
    <FormDialog title={said.removeTitle(calendar.name)} submit={adminWords.remove} danger onSubmit={remove} onClose={onClose}>
      <p>{said.removeHint}</p>
    </FormDialog>
  );
}

function Change({ calendar, onClose, onDone }: ChangeProps) {
  const [name, setName] = useState(calendar?.name ?? "");
  const [zone, setZone] = useState(calendar?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [hours, setHours] = useState(DAYS.map((day, n) => (calendar ? hoursText(calendar.hours[day]) : n < 5 ? "09:00-17:00" : "")));
  const [holidays, setHolidays] = useState(calendar ? holidaysText(calendar.holidays) : "");
  const [emergency, setEmergency] = useState(calendar?.emergency_close ?? false);
  const [skills, setSkills] = useState(calendar?.skills.join(", ") ?? "");
  const [entries, setEntries] = useState(calendar?.entries.join(", ") ?? "");
  const save = async (): Promise<void> => {
    await routing.saveCalendar(calendar?.id ?? null, {
      name,
      time_zone: zone,
      hours: Object.fromEntries(DAYS.map((day, n) => [day, hoursOf(hours[n] ?? "")])),
      holidays: holidaysOf(holidays),
      emergency_close: emergency,
      skills: listed(skills),
      entries: listed(entries),
    });
    await onDone();
  };
  return (
    <FormDialog title={calendar ? said.change : said.add} submit={adminWords.save} onSubmit={save} onClose={onClose}>
      <TextField label={said.name} value={name} onChange={setName} required maxLength={100} />
      <TextField label={said.zone} hint={said.zoneHint} value={zone} onChange={setZone} required maxLength={60} />
      {said.days.map((day, n) => (
        <TextField
          key={day}
          label={day}
          {...(n === 0 ? { hint: said.dayHint } : {})}
          value={hours[n] ?? ""}
          onChange={(text) => setHours(hours.map((old, at) => (at === n ? text : old)))}
        />
      ))}
      <TextField label={said.holidays} hint={said.holidaysHint} value={holidays} onChange={setHolidays} area />
      <TextField label={said.skills} hint={said.listHint} value={skills} onChange={setSkills} />
      <TextField label={said.entries} hint={said.listHint} value={entries} onChange={setEntries} />
      <CheckField label={said.emergency} checked={emergency} onChange={setEmergency} />
    </FormDialog>
  );
}
