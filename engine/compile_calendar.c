/* compile_calendar.c - calendars: hours by the day of the week, closed days and their names. */
#include <string.h>

#include "engine/compile.h"
#include "engine/holidays.h"

const tr_zone *tr_compile_zone(tr_compile *compile, tr_name name, tr_span span) {
  const tr_part *part = &compile->symbols->parts[tr_part_of(compile->symbols, span)];
  if (!name.text || strcmp(name.text, tr_zone_name(part->zone)) == 0) return part->zone;
  treaty_text bytes;
  const char *why;
  const tr_zone *zone = NULL;
  if (part->host->read_zone(part->host->context, name.text, &bytes, &why)) {
    zone = tr_zone_new(compile->arena, name.text, (const uint8_t *)bytes.bytes, bytes.length, &why);
  }
  if (zone) return zone;
  tr_report(compile->check->diags, DIAG_UNKNOWN_ZONE, name.span,
            "time zone \"%s\" could not be read: %s", name.text, why);
  return part->zone;
}

typedef struct closed_days {
  TR_LIST(int64_t) days;
  TR_LIST(tr_named_day) named;
} closed_days;

static tr_weekday_hours compile_hours(tr_compile *c, const tr_calendar_decl *decl, int weekday) {
  TR_LIST(tr_hours) hours = {0};
  for (uint32_t i = 0; i < decl->week.count; i++) {
    const tr_days_hours *entry = &decl->week.items[i];
    if (!(entry->days >> weekday & 1)) continue;
    for (uint32_t k = 0; k < entry->hours.count; k++) {
      tr_hours more = {.from_minute = entry->hours.items[k].from_minute,
                       .to_minute = entry->hours.items[k].to_minute};
      TR_PUSH(c->arena, &hours, more);
    }
  }
  return (tr_weekday_hours){.items = hours.items, .count = hours.count};
}

static void close_days(tr_compile *c, const tr_closure *closure, closed_days *closed) {
  for (int64_t day = closure->from_day; day <= closure->to_day; day++)
    TR_PUSH(c->arena, &closed->days, day);
}

static void close_holidays(tr_compile *c, const tr_holidays *holidays, closed_days *closed) {
  for (uint32_t i = 0; holidays && i < holidays->count; i++) {
    const tr_holiday *holiday = &holidays->items[i];
    tr_named_day named = {.day = holiday->day, .name = holiday->name};
    TR_PUSH(c->arena, &closed->days, holiday->day);
    if (holiday->name && holiday->name[0]) TR_PUSH(c->arena, &closed->named, named);
  }
}

static const tr_calendar *compile_calendar(tr_compile *c, const tr_calendar_decl *decl) {
  tr_weekday_hours week[7];
  closed_days closed = {0};
  for (int weekday = 0; weekday < 7; weekday++) week[weekday] = compile_hours(c, decl, weekday);
  for (uint32_t i = 0; i < decl->closed.count; i++) close_days(c, &decl->closed.items[i], &closed);
  for (uint32_t i = 0; i < decl->holidays.count; i++)
    close_holidays(c, decl->holidays.items[i].holidays, &closed);
  const tr_calendar *calendar =
      tr_calendar_new(c->arena, tr_compile_zone(c, decl->zone, decl->name.span), week,
                      closed.days.items, closed.days.count);
  return tr_calendar_named(c->arena, calendar, closed.named.items, closed.named.count);
}

void tr_compile_calendars(tr_compile *c) {
  const tr_tree *tree = c->symbols->tree;
  tr_calendar_def *calendars = TR_NEW_ARRAY(c->arena, tr_calendar_def, tree->calendars.count + 1);
  c->calendars = TR_NEW_ARRAY(c->arena, const tr_calendar *, tree->calendars.count + 1);
  for (uint32_t i = 0; i < tree->calendars.count; i++) {
    c->calendars[i] = compile_calendar(c, tree->calendars.items[i]);
    calendars[i] = (tr_calendar_def){tree->calendars.items[i]->name.text, c->calendars[i]};
  }
  c->program->calendars = calendars;
  c->program->calendar_count = tree->calendars.count;
}
