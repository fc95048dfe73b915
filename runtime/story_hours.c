/* story_hours.c - see story_hours.h. */
#include "runtime/story_hours.h"

#include <stdlib.h>
#include <string.h>

story_clock story_clock_of(const treaty_decision *decision) {
  return (story_clock){.lead = decision->lead,
                       .file = decision->file,
                       .line = decision->line,
                       .started_ms = decision->offered_ms};
}

story_clock story_clock_of_offer(const treaty_lead *lead) {
  return (story_clock){.lead = lead->id,
                       .file = lead->handover->file,
                       .line = lead->handover->line,
                       .started_ms = lead->handover->offered_ms};
}

static bool is_of(const treaty_decision *decision, story_clock clock) {
  return decision->file && decision->line == clock.line &&
         decision->offered_ms == clock.started_ms && strcmp(decision->file, clock.file) == 0 &&
         bytes_same(decision->lead, clock.lead);
}

/* A lead is given to somebody before the clock starts by which that is so. */
static treaty_text rep_at_start(const story *story, story_clock clock) {
  treaty_text rep = {0};
  for (size_t i = 0; i < story->decision_count; i++) {
    const treaty_decision *decision = &story->decisions[i];
    if (decision->time_ms > clock.started_ms) break;
    if (!bytes_same(decision->lead, clock.lead)) continue;
    if (decision->kind == TREATY_DUTY_STARTED && is_of(decision, clock)) break;
    if (decision->kind == TREATY_LEAD_ASSIGNED)
      rep = (treaty_text){.bytes = decision->to, .length = strlen(decision->to)};
    if (decision->kind == TREATY_LEAD_UNASSIGNED || decision->kind == TREATY_LEAD_OPEN_TO_TEAM ||
        decision->kind == TREATY_LEAD_OWNER_CHANGED)
      rep = (treaty_text){0};
  }
  return rep;
}

const treaty_stretch *story_calendar(const story *story, treaty_engine *engine,
                                     const treaty_decision *decision, int64_t to_ms,
                                     size_t *count) {
  treaty_text rep = rep_at_start(story, story_clock_of(decision));
  return treaty_engine_hours(engine, decision, rep, to_ms, count);
}

typedef struct pauses {
  struct {
    int64_t from_ms, to_ms;
  } * items; /* in order of time, apart from each other */
  size_t count;
  bool open; /* the last one lasts */
} pauses;

/* A clock that stands still already goes on to do so when the offer is sent back. */
static void take(pauses *pauses, const treaty_decision *decision) {
  bool begins =
      decision->kind == TREATY_CLOCK_PAUSED || decision->kind == TREATY_HANDOVER_SENT_BACK;
  if (begins && !pauses->open) {
    pauses->items[pauses->count].from_ms = decision->time_ms;
    pauses->items[pauses->count++].to_ms = TREATY_NEVER;
    pauses->open = true;
  } else if (decision->kind == TREATY_CLOCK_RESUMED && pauses->open) {
    pauses->items[pauses->count - 1].to_ms = decision->time_ms;
    pauses->open = false;
  }
}

static pauses pauses_of(const story *story, story_clock clock) {
  pauses pauses = {.items = room_grow(NULL, story->decision_count + 1, sizeof *pauses.items)};
  for (size_t i = 0; i < story->decision_count; i++)
    if (is_of(&story->decisions[i], clock)) take(&pauses, &story->decisions[i]);
  return pauses;
}

static void add(treaty_stretch *told, size_t *count, treaty_stretch stretch) {
  if (stretch.from_ms < stretch.to_ms) told[(*count)++] = stretch;
}

/* One stretch of the calendar: what of it lies outside of pauses is told as it is; a pause that
 * begins in it is told as far as the hours go. */
static void put_stretch(const pauses *pauses, treaty_stretch stretch, int64_t end_ms,
                        treaty_stretch *told, size_t *count) {
  for (size_t i = 0; i < pauses->count && stretch.from_ms < stretch.to_ms; i++) {
    int64_t from_ms = pauses->items[i].from_ms, to_ms = pauses->items[i].to_ms;
    if (to_ms <= stretch.from_ms || from_ms >= stretch.to_ms) continue;
    treaty_stretch before = stretch;
    before.to_ms = from_ms;
    add(told, count, before);
    if (from_ms >= stretch.from_ms)
      add(told, count,
          (treaty_stretch){.from_ms = from_ms,
                           .to_ms = to_ms < end_ms ? to_ms : end_ms,
                           .why = "its clock stood still"});
    stretch.from_ms = to_ms < stretch.to_ms ? to_ms : stretch.to_ms;
  }
  add(told, count, stretch);
}

treaty_stretch *story_hours(const story *story, story_clock clock, const treaty_stretch *hours,
                            size_t *count) {
  pauses pauses = pauses_of(story, clock);
  treaty_stretch *told = room_grow(NULL, *count + 2 * pauses.count + 1, sizeof *told);
  size_t hour_count = *count;
  *count = 0;
  for (size_t i = 0; i < hour_count; i++)
    put_stretch(&pauses, hours[i], hours[hour_count - 1].to_ms, told, count);
  free(pauses.items);
  return told;
}
