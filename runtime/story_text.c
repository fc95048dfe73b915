/* story_text.c - a story for people.
 *
 *   2026-11-09 11:00:00+01:00  breached: no answer from sales by …   (dach.treaty:52)
 *       by time alone
 *       counted   2026-11-06 13:00:00+01:00 to 2026-11-06 14:00:00+01:00   1 hour
 *       skipped   2026-11-06 14:00:00+01:00 to 2026-11-09 08:00:00+01:00   2 days 18 hours, …
 *
 * Times are those of the treaty's zone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/decision_json.h"
#include "runtime/story_hours.h"
#include "runtime/terminal.h"

/* Of a long wait these are shown; what lies between is one line with its sums. */
#define HOURS_FIRST 6
#define HOURS_LAST  2

#define CONDITION_DEPTH_MAX 20 /* deeper parts stand at this depth */

static void put(buffer *out, const char *text) { buffer_put(out, text, strlen(text)); }

static void put_string(buffer *out, const char *text) {
  terminal_put_text(out, (treaty_text){.bytes = text, .length = strlen(text)});
}

static void put_clause(buffer *out, const char *file, uint32_t line) {
  if (!file) return;
  put(out, "   (");
  put_string(out, file);
  buffer_print(out, ":%u)", line);
}

/* ---- Hours ----------------------------------------------------------------------------------- */

static void put_stretch(buffer *out, const story *story, const treaty_stretch *stretch) {
  put(out, stretch->open ? "    counted   " : "    skipped   ");
  terminal_put_instant(out, story->program, stretch->from_ms);
  put(out, " to ");
  terminal_put_instant(out, story->program, stretch->to_ms);
  put(out, "   ");
  terminal_put_duration(out, stretch->to_ms - stretch->from_ms, stretch->open);
  if (!stretch->open && stretch->why) buffer_print(out, ", %s", stretch->why);
  put(out, "\n");
}

static void put_left_out(buffer *out, const treaty_stretch *stretches, size_t count) {
  int64_t counted_ms = 0, skipped_ms = 0;
  for (size_t i = 0; i < count; i++) {
    int64_t length_ms = stretches[i].to_ms - stretches[i].from_ms;
    if (stretches[i].open)
      counted_ms += length_ms;
    else
      skipped_ms += length_ms;
  }
  buffer_print(out, "    …         %zu more: ", count);
  terminal_put_duration(out, counted_ms, true);
  put(out, " counted, ");
  terminal_put_duration(out, skipped_ms, false);
  put(out, " skipped\n");
}

static void put_stretches(buffer *out, const story *story, const treaty_stretch *stretches,
                          size_t count) {
  size_t left_out = count > HOURS_FIRST + HOURS_LAST + 1 ? count - HOURS_FIRST - HOURS_LAST : 0;
  for (size_t i = 0; i < count; i++) {
    if (left_out > 0 && i == HOURS_FIRST) {
      put_left_out(out, stretches + i, left_out);
      i += left_out;
    }
    put_stretch(out, story, &stretches[i]);
  }
}

/* … of a clock, without the pauses in which it stood still. */
static void put_hours(buffer *out, const story *story, story_clock clock,
                      const treaty_stretch *hours, size_t count) {
  treaty_stretch *told = story_hours(story, clock, hours, &count);
  put_stretches(out, story, told, count);
  free(told);
}

/* ---- What happened --------------------------------------------------------------------------- */

static void put_event_name(buffer *out, treaty_text source, treaty_text id) {
  terminal_put_text(out, source);
  put(out, " ");
  terminal_put_text(out, id);
}

static void put_cause(buffer *out, const story *story, const treaty_decision *decision) {
  if (!decision->cause_id.bytes) {
    put(out, "    by time alone\n");
    return;
  }
  const story_event *event = story_find_event(story, decision->seq);
  put(out, "    caused by ");
  if (event) buffer_print(out, "%s (", event->type);
  put_event_name(out, decision->cause_source, decision->cause_id);
  if (event) put(out, ")");
  if (event && event->time_ms != decision->time_ms) {
    put(out, " of ");
    terminal_put_instant(out, story->program, event->time_ms);
  }
  put(out, "\n");
  if (decision->chosen_among > 0) {
    buffer_print(out, "    it named no lead: of %u open ones this had the latest event\n",
                 decision->chosen_among);
  }
}

static void put_fact(buffer *out, const story *story, const treaty_because *fact) {
  put(out, "    because ");
  put_string(out, fact->name);
  if (fact->person.bytes) {
    put(out, " of ");
    terminal_put_text(out, fact->person);
  }
  if (fact->value) {
    put(out, " is ");
    put_string(out, fact->value);
  }
  if (fact->question) {
    put(out, ": \"");
    put_string(out, fact->question);
    put(out, "\"");
  }
  const story_event *event = fact->seq > 0 ? story_find_event(story, fact->seq) : NULL;
  if (event) {
    buffer_print(out, ", from %s (", event->type);
    put_event_name(out, event->source, event->id);
    put(out, ") of ");
    terminal_put_instant(out, story->program, event->time_ms);
  }
  put(out, "\n");
  story_points_text(story, out, fact, 6);
}

static void put_decision(buffer *out, const story *story, treaty_engine *engine,
                         const treaty_decision *decision) {
  terminal_put_instant(out, story->program, decision->time_ms);
  put(out, "  ");
  if (decision->lead.bytes) {
    terminal_put_text(out, decision->lead);
    put(out, "  ");
  }
  decision_phrase(out, story->program, decision);
  put_clause(out, decision->file, decision->line);
  put(out, "\n");
  put_cause(out, story, decision);
  for (size_t i = 0; i < decision->because_count; i++) put_fact(out, story, &decision->because[i]);
  int64_t to_ms;
  if (!story_has_hours(decision, &to_ms)) return;
  size_t count;
  const treaty_stretch *hours = story_calendar(story, engine, decision, to_ms, &count);
  put_hours(out, story, story_clock_of(decision), hours, count);
}

/* ---- Where it stands ------------------------------------------------------------------------- */

/* The parts of the scores behind a condition; of several each stands under its name. */
static void put_scores(buffer *out, const story *story, const treaty_condition *condition,
                       int indent) {
  size_t scores = 0;
  for (size_t i = 0; i < condition->fact_count; i++) scores += condition->facts[i].point_count > 0;
  for (size_t i = 0; i < condition->fact_count; i++) {
    const treaty_because *fact = &condition->facts[i];
    if (fact->point_count == 0) continue;
    if (scores > 1) {
      buffer_print(out, "%*s%s", indent, "", fact->name);
      if (fact->person.bytes) {
        put(out, " of ");
        terminal_put_text(out, fact->person);
      }
      put(out, "\n");
    }
    story_points_text(story, out, fact, scores > 1 ? indent + 2 : indent);
  }
}

static void put_condition(buffer *out, const story *story, const treaty_condition *condition,
                          unsigned depth) {
  static const char *const words[] = {
      [TREATY_FALSE] = "[no]  ", [TREATY_TRUE] = "[yes] ", [TREATY_UNKNOWN] = "[open]"};
  unsigned shown_depth = depth < CONDITION_DEPTH_MAX ? depth : CONDITION_DEPTH_MAX;
  buffer_print(out, "    %*s%s ", (int)(shown_depth * 2), "", words[condition->truth]);
  put_string(out, condition->text);
  if (condition->value) {
    put(out, ": ");
    put_string(out, condition->value);
  }
  put(out, "\n");
  put_scores(out, story, condition, (int)shown_depth * 2 + 8);
  for (size_t i = 0; i < condition->part_count; i++)
    put_condition(out, story, &condition->parts[i], depth + 1);
}

void story_behind_text(buffer *out, const treaty_outlook *outlook, int indent) {
  buffer_print(out, "%*sstands behind ", indent, "");
  put_string(out, outlook->behind);
  put_clause(out, outlook->behind_file, outlook->behind_line);
  put(out, outlook->behind_offer ? ", which is offered now\n" : ", which must be ruled out\n");
}

static void put_outlook(buffer *out, const story *story, const treaty_outlook *outlook) {
  put(out, "  ");
  put_string(out, outlook->clause);
  put_clause(out, outlook->file, outlook->line);
  put(out, "\n");
  if (outlook->condition.text && *outlook->condition.text)
    put_condition(out, story, &outlook->condition, 0);
  if (outlook->behind) story_behind_text(out, outlook, 4);
  if (outlook->awaits) buffer_print(out, "    waits for %s\n", outlook->awaits);
  if (outlook->time_ms == TREATY_NEVER) return;
  bool by_time = !outlook->awaits && !(outlook->condition.text && *outlook->condition.text);
  put(out, by_time ? "    time alone does it at " : "    time alone could change it at ");
  terminal_put_instant(out, story->program, outlook->time_ms);
  put(out, "\n");
}

static void put_handover(buffer *out, const story *story, const treaty_handover *handover) {
  buffer_print(out, "  offered to %s on ", handover->to);
  terminal_put_instant(out, story->program, handover->offered_ms);
  if (handover->due_ms != TREATY_NEVER) {
    put(out, ", answer due ");
    terminal_put_instant(out, story->program, handover->due_ms);
    put(out, handover->calendar ? " by the hours of " : " around the clock");
    if (handover->calendar) put(out, handover->calendar);
    put(out, handover->breached ? ", breached; " : "; ");
    terminal_put_duration(out, handover->open_ms, true);
    put(out, " counted so far");
  } else if (handover->paused) {
    put(out, ", its clock stands still after ");
    terminal_put_duration(out, handover->open_ms, true);
  }
  put_clause(out, handover->file, handover->line);
  put(out, "\n");
}

static void put_duty(buffer *out, const story *story, const treaty_duty *duty) {
  const treaty_program *program = story->program;
  if (duty->to) {
    buffer_print(out, "  goes on to %s at ", duty->to);
    terminal_put_instant(out, program, duty->due_ms);
    put_clause(out, duty->file, duty->line);
    put(out, "\n");
    return;
  }
  buffer_print(out, "  %s owes %s since ", duty->party, duty->owed);
  terminal_put_instant(out, program, duty->started_ms);
  if (duty->times > 1) buffer_print(out, ", %u of %u times done", duty->done, duty->times);
  if (duty->paused) put(out, ", its clock stands still");
  if (duty->due_ms != TREATY_NEVER) {
    put(out, ", due ");
    terminal_put_instant(out, program, duty->due_ms);
    put(out, duty->calendar ? " by the hours of " : " around the clock");
    if (duty->calendar) put(out, duty->calendar);
    if (duty->broken) put(out, ", broken");
  }
  put(out, "; ");
  terminal_put_duration(out, duty->open_ms, true);
  put(out, " counted so far");
  put_clause(out, duty->file, duty->line);
  put(out, "\n");
}

void story_hold_text(const story *story, buffer *out, const treaty_hold *hold) {
  buffer_print(out, "  held by %s since ", hold->party);
  terminal_put_instant(out, story->program, hold->since_ms);
  put(out, " until ");
  terminal_put_instant(out, story->program, hold->until_ms);
  put(out, ": no clause moves or offers it");
  put_clause(out, hold->file, hold->line);
  put(out, "\n");
}

static void put_play(buffer *out, const treaty_play *play) {
  buffer_print(out, "  play \"%s\" for ", play->name);
  terminal_put_text(out, play->person);
  put_clause(out, play->file, play->line);
  put(out, "\n");
  if (play->say) {
    put(out, "    say \"");
    put_string(out, play->say);
    put(out, "\"\n");
  }
  for (size_t i = 0; i < play->reference_count; i++) {
    put(out, "    offer ");
    decision_put_reference(out, &play->references[i]);
    put(out, "\n");
  }
}

void story_lead_text(const story *story, buffer *out, const treaty_lead *lead) {
  put(out, "\nlead ");
  terminal_put_text(out, lead->id);
  buffer_print(out, ": %s since ", lead->stage);
  terminal_put_instant(out, story->program, lead->stage_since_ms);
  buffer_print(out, ", owned by %s", lead->owner);
  if (lead->rep.bytes) {
    put(out, " (");
    terminal_put_text(out, lead->rep);
    put(out, ")");
  }
  if (lead->phase) buffer_print(out, ", buyer at %s", lead->phase);
  if (lead->closed) put(out, ", closed");
  if (lead->won || lead->lost) put(out, lead->won ? " as won" : " as lost");
  if (lead->agreement)
    buffer_print(out, ", under \"%s\" version %u\n", lead->agreement, lead->version);
  else
    put(out, ", no agreement governs it\n");
}

/* Each answer of the engine ends the life of the one before: the leads are asked for again before
 * each question. */
static const treaty_lead *lead_at(const story *story, treaty_engine *engine, size_t index) {
  size_t count;
  return &treaty_engine_account(engine, story->account, &count)[index];
}

static void put_lead(buffer *out, const story *story, treaty_engine *engine, size_t index) {
  const treaty_lead *lead = lead_at(story, engine, index);
  story_lead_text(story, out, lead);
  if (lead->closed) return;
  size_t count;
  if (lead->handover) {
    bool deadline = lead->handover->due_ms != TREATY_NEVER;
    story_clock clock = story_clock_of_offer(lead);
    put_handover(out, story, lead->handover);
    const treaty_stretch *hours = treaty_engine_stretches(engine, lead, &count);
    if (deadline) put_hours(out, story, clock, hours, count);
  }
  lead = lead_at(story, engine, index);
  if (lead->hold) story_hold_text(story, out, lead->hold);
  const treaty_duty *duties = treaty_engine_duties(engine, lead_at(story, engine, index), &count);
  for (size_t i = 0; i < count; i++) put_duty(out, story, &duties[i]);
  const treaty_play *plays = treaty_engine_plays(engine, lead_at(story, engine, index), &count);
  for (size_t i = 0; i < count; i++) put_play(out, &plays[i]);
  const treaty_outlook *outlook =
      treaty_engine_outlook(engine, lead_at(story, engine, index), &count);
  if (count == 0) put(out, "  no clause leads on from here\n");
  for (size_t i = 0; i < count; i++) put_outlook(out, story, &outlook[i]);
}

void story_text(const story *story, treaty_engine *engine, buffer *out) {
  size_t lead_count;
  const treaty_lead *leads = treaty_engine_account(engine, story->account, &lead_count);
  int64_t clock_ms = lead_count > 0 ? leads[0].clock_ms : TREATY_NEVER;
  terminal_put_text(out, story->account);
  buffer_print(out, ": %zu decision%s, %zu lead%s\n\n", story->decision_count,
               story->decision_count == 1 ? "" : "s", lead_count, lead_count == 1 ? "" : "s");
  for (size_t i = 0; i < story->decision_count; i++)
    put_decision(out, story, engine, &story->decisions[i]);
  if (lead_count == 0) {
    put(out, "no lead was opened\n");
    return;
  }
  put(out, "\nWhere it stands at ");
  terminal_put_instant(out, story->program, clock_ms);
  put(out, "\n");
  for (size_t i = 0; i < lead_count; i++) put_lead(out, story, engine, i);
}
