// Settings > Operations > Calendars.
import { useState } from "react";
import { AskDialog, ListPage, RowActs, type DialogOf, type Page } from "../admin/ListPage";
import { Act, CheckField, FormDialog, Table, TextField } from "../admin/parts";
import { DAYS, holidaysOf, holidaysText, hoursOf, hoursText, listed, routing, type Calendar, type CalendarChange } from "../admin/routing";
import { useLoaded } from "../admin/useList";
import { adminWords } from "../strings/admin";
import { calendarWords as said } from "../strings/routing";

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
  const shut = (calendar: Calendar) => () =>
    routing.saveCalendar(calendar.id, { ...given(calendar), emergency_close: !calendar.emergency_close });
  return (
    <ListPage
      title={said.title}
      intro={said.intro}
      add={said.add}
      loaded={loaded}
      list={({ items }, page: Page<Calendar>) => (
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
                onClick={() => page.attempt(shut(calendar))}
              />
              <RowActs of={calendar} name={calendar.name} page={page} />
            </>
          )}
        />
      )}
      change={(calendar, _, dialog) => <Change calendar={calendar} {...dialog} />}
      remove={({ id, name }, dialog) => (
        <AskDialog
          title={said.removeTitle(name)}
          hint={said.removeHint}
          act={() => routing.removeCalendar(id)}
          {...dialog}
        />
      )}
    />
  );
}

interface ChangeProps extends DialogOf {
  readonly calendar: Calendar | null;
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
    <FormDialog wide title={calendar ? said.change : said.add} submit={adminWords.save} onSubmit={save} onClose={onClose}>
      <TextField field="name" label={said.name} value={name} onChange={setName} required maxLength={100} />
      <TextField field="time_zone" label={said.zone} hint={said.zoneHint} value={zone} onChange={setZone} required maxLength={60} />
      <fieldset>
        <legend>{said.hours}</legend>
        {said.days.map((day, n) => (
          <TextField
            key={day}
            field={`hours.${DAYS[n] ?? ""}`}
            label={day}
            value={hours[n] ?? ""}
            onChange={(text) => setHours(hours.map((old, at) => (at === n ? text : old)))}
          />
        ))}
        <p className="quiet hint">{said.dayHint}</p>
      </fieldset>
      <TextField field="holidays" label={said.holidays} hint={said.holidaysHint} value={holidays} onChange={setHolidays} area />
      <TextField field="skills" label={said.skills} hint={said.listHint} value={skills} onChange={setSkills} />
      <TextField field="entries" label={said.entries} hint={said.listHint} value={entries} onChange={setEntries} />
      <CheckField label={said.emergency} checked={emergency} onChange={setEmergency} />
    </FormDialog>
  );
}
