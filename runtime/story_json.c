/* story_json.c - a story as one JSON object, with a line end.
 *
 *   {"account":"acme",
 *    "decisions":[{"decision":{…CloudEvent…},"cause":{"seq":7,"source":…,"id":…,"type":…,"time":…},
 *                  "facts":[{"name":…,"value":…,"set_by":{…}}],
 *                  "hours":[{"from":…,"to":…,"open":…}]}],
 *    "leads":[{"lead":…,"stage":…,"handover":{…},"duties":[…],
 *     "outlook":[{"clause":…,"condition":{…}}]}]} */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"
#include "runtime/decision_json.h"
#include "runtime/story_hours.h"

static void put(buffer *out, const char *text) { buffer_put(out, text, strlen(text)); }

/* Members bring the comma that stands before them; the first of an object has none. */
static void put_string(buffer *out, const char *key, const char *text) {
  if (!text) return;
  buffer_print(out, "%s\"%s\":", out->bytes[out->length - 1] == '{' ? "" : ",", key);
  buffer_json(out, text, strlen(text));
}

static void put_text(buffer *out, const char *key, treaty_text text) {
  if (!text.bytes) return;
  buffer_print(out, "%s\"%s\":", out->bytes[out->length - 1] == '{' ? "" : ",", key);
  buffer_json(out, text.bytes, text.length);
}

static void put_instant(buffer *out, const char *key, int64_t time_ms) {
  if (time_ms == TREATY_NEVER) return;
  char text[TR_TIME_TEXT_BYTES];
  tr_format_instant(time_ms, text);
  put_string(out, key, text);
}

static void put_flag(buffer *out, const char *key, bool flag) {
  buffer_print(out, "%s\"%s\":%s", out->bytes[out->length - 1] == '{' ? "" : ",", key,
               flag ? "true" : "false");
}

static void put_event(buffer *out, const char *key, const story_event *event) {
  if (!event) return;
  buffer_print(out, ",\"%s\":{\"seq\":%" PRIu64, key, event->seq);
  put_text(out, "source", event->source);
  put_text(out, "id", event->id);
  put_string(out, "type", event->type);
  put_instant(out, "time", event->time_ms);
  put(out, "}");
}

static void put_hours(buffer *out, const story *story, story_clock clock,
                      const treaty_stretch *hours, size_t count) {
  treaty_stretch *told = story_hours(story, clock, hours, &count);
  put(out, ",\"hours\":[");
  for (size_t i = 0; i < count; i++) {
    put(out, i > 0 ? ",{" : "{");
    put_instant(out, "from", told[i].from_ms);
    put_instant(out, "to", told[i].to_ms);
    put_flag(out, "open", told[i].open);
    put_string(out, "why", told[i].why);
    put(out, "}");
  }
  put(out, "]");
  free(told);
}

static void put_place(buffer *out, const char *file, uint32_t line) {
  if (!file) return;
  put_string(out, "file", file);
  buffer_print(out, ",\"line\":%u", line);
}

static void put_points(buffer *out, const story *story, const treaty_because *fact) {
  static const char *const kinds[] = {[TREATY_POINT_EVENT] = "event",
                                      [TREATY_POINT_EARLIER] = "earlier",
                                      [TREATY_POINT_CONDITION] = "condition",
                                      [TREATY_POINT_DECAY] = "decay",
                                      [TREATY_POINT_RANGE] = "range"};
  if (fact->point_count == 0) return;
  put(out, ",\"points\":[");
  for (size_t i = 0; i < fact->point_count; i++) {
    const treaty_point *point = &fact->points[i];
    put(out, i > 0 ? ",{" : "{");
    put_string(out, "kind", kinds[point->kind]);
    put_string(out, "value", point->value);
    put_string(out, "rule", point->rule);
    put_place(out, point->file, point->line);
    put_instant(out, "time", point->kind == TREATY_POINT_EVENT ? point->time_ms : TREATY_NEVER);
    put_event(out, "of", point->seq > 0 ? story_find_event(story, point->seq) : NULL);
    put(out, "}");
  }
  put(out, "]");
}

static void put_fact(buffer *out, const story *story, const treaty_because *fact) {
  put(out, "{");
  put_string(out, "name", fact->name);
  put_text(out, "person", fact->person);
  put_string(out, "value", fact->value);
  put_string(out, "question", fact->question);
  put_event(out, "set_by", fact->seq > 0 ? story_find_event(story, fact->seq) : NULL);
  put_points(out, story, fact);
  put(out, "}");
}

static void put_facts(buffer *out, const story *story, const treaty_decision *decision) {
  put(out, ",\"facts\":[");
  for (size_t i = 0; i < decision->because_count; i++) {
    put(out, i > 0 ? "," : "");
    put_fact(out, story, &decision->because[i]);
  }
  put(out, "]");
}

static void put_decision(buffer *out, const story *story, treaty_engine *engine,
                         const treaty_decision *decision) {
  put(out, "{\"decision\":");
  decision_json(out, decision);
  if (decision->cause_id.bytes) put_event(out, "cause", story_find_event(story, decision->seq));
  if (decision->chosen_among > 0)
    buffer_print(out, ",\"chosen_among\":%" PRIu32, decision->chosen_among);
  put_facts(out, story, decision);
  int64_t to_ms;
  if (story_has_hours(decision, &to_ms)) {
    size_t count;
    const treaty_stretch *hours = story_calendar(story, engine, decision, to_ms, &count);
    put_hours(out, story, story_clock_of(decision), hours, count);
  }
  put(out, "}");
}

/* The scores behind a condition; its other facts stand in its value. */
static void put_score_facts(buffer *out, const story *story, const treaty_condition *condition) {
  bool some = false;
  for (size_t i = 0; i < condition->fact_count; i++) {
    if (condition->facts[i].point_count == 0) continue;
    put(out, some ? "," : ",\"scores\":[");
    some = true;
    put_fact(out, story, &condition->facts[i]);
  }
  if (some) put(out, "]");
}

/* Members of the condition, without its braces. */
static void put_condition(buffer *out, const story *story, const treaty_condition *condition) {
  static const char *const words[] = {
      [TREATY_FALSE] = "false", [TREATY_TRUE] = "true", [TREATY_UNKNOWN] = "unknown"};
  put_string(out, "text", condition->text);
  put_string(out, "truth", words[condition->truth]);
  put_string(out, "value", condition->value);
  put_score_facts(out, story, condition);
  if (condition->part_count == 0) return;
  put(out, ",\"parts\":[");
  for (size_t i = 0; i < condition->part_count; i++) {
    put(out, i > 0 ? ",{" : "{");
    put_condition(out, story, &condition->parts[i]);
    put(out, "}");
  }
  put(out, "]");
}

void story_outlook_json(const story *story, buffer *out, const treaty_outlook *outlook) {
  put(out, "{");
  put_string(out, "clause", outlook->clause);
  put_place(out, outlook->file, outlook->line);
  put_string(out, "to", outlook->to);
  put_string(out, "awaits", outlook->awaits);
  put_instant(out, "time_alone", outlook->time_ms);
  if (outlook->behind) {
    put_string(out, "behind", outlook->behind);
    put_string(out, "behind_file", outlook->behind_file);
    buffer_print(out, ",\"behind_line\":%u", outlook->behind_line);
    put_flag(out, "behind_offer", outlook->behind_offer);
  }
  if (outlook->condition.text && *outlook->condition.text) {
    put(out, ",\"condition\":{");
    put_condition(out, story, &outlook->condition);
    put(out, "}");
  }
  put(out, "}");
}

/* Leaves the object open: the stretches come from another question to the engine. */
static void put_handover(buffer *out, const treaty_handover *handover) {
  put(out, ",\"handover\":{");
  put_string(out, "to", handover->to);
  put_place(out, handover->file, handover->line);
  put_string(out, "calendar", handover->calendar);
  put_instant(out, "offered", handover->offered_ms);
  put_instant(out, "due", handover->due_ms);
  buffer_print(out, ",\"open_ms\":%" PRId64, handover->open_ms);
  put_flag(out, "breached", handover->breached);
  put_flag(out, "paused", handover->paused);
}

static void put_duty(buffer *out, const treaty_duty *duty) {
  put(out, "{");
  put_string(out, duty->to ? "to" : "party", duty->to ? duty->to : duty->party);
  if (!duty->to) put_string(out, "owed", duty->owed);
  put_string(out, "agreement", duty->agreement);
  buffer_print(out, ",\"version\":%u", duty->version);
  put_place(out, duty->file, duty->line);
  put_string(out, "calendar", duty->calendar);
  put_instant(out, "started", duty->started_ms);
  put_instant(out, "due", duty->due_ms);
  if (!duty->to) {
    buffer_print(out, ",\"open_ms\":%" PRId64 ",\"done\":%u,\"times\":%u", duty->open_ms,
                 duty->done, duty->times);
    put_flag(out, "broken", duty->broken);
    put_flag(out, "paused", duty->paused);
  }
  put(out, "}");
}

static void put_duties(buffer *out, const treaty_duty *duties, size_t count) {
  put(out, ",\"duties\":[");
  for (size_t i = 0; i < count; i++) {
    if (i > 0) put(out, ",");
    put_duty(out, &duties[i]);
  }
  put(out, "]");
}

static void put_hold(buffer *out, const treaty_hold *hold) {
  put(out, ",\"hold\":{");
  put_string(out, "party", hold->party);
  put_place(out, hold->file, hold->line);
  put_instant(out, "since", hold->since_ms);
  put_instant(out, "until", hold->until_ms);
  put(out, "}");
}

static void put_reference(buffer *out, const treaty_reference *row) {
  put(out, "{");
  put_string(out, "catalogue", row->catalogue);
  put(out, ",\"row\":[");
  for (size_t i = 0; i < row->column_count; i++) {
    put(out, i > 0 ? ",{" : "{");
    put_string(out, "name", row->columns[i].name);
    put_string(out, "value", row->columns[i].value);
    put(out, "}");
  }
  put(out, "]}");
}

static void put_play(buffer *out, const treaty_play *play) {
  put(out, "{");
  put_string(out, "name", play->name);
  put_text(out, "person", play->person);
  put_string(out, "say", play->say);
  put_place(out, play->file, play->line);
  put(out, ",\"references\":[");
  for (size_t i = 0; i < play->reference_count; i++) {
    if (i > 0) put(out, ",");
    put_reference(out, &play->references[i]);
  }
  put(out, "]}");
}

static void put_plays(buffer *out, const treaty_play *plays, size_t count) {
  if (count == 0) return;
  put(out, ",\"plays\":[");
  for (size_t i = 0; i < count; i++) {
    if (i > 0) put(out, ",");
    put_play(out, &plays[i]);
  }
  put(out, "]");
}

void story_lead_json(buffer *out, const treaty_lead *lead) {
  put_text(out, "lead", lead->id);
  put_string(out, "stage", lead->stage);
  put_string(out, "owner", lead->owner);
  if (lead->rep.bytes) put_text(out, "rep", lead->rep);
  if (lead->phase) put_string(out, "phase", lead->phase);
  put_string(out, "agreement", lead->agreement);
  if (lead->agreement) buffer_print(out, ",\"version\":%u", lead->version);
  put_instant(out, "opened", lead->opened_ms);
  put_instant(out, "stage_since", lead->stage_since_ms);
  put_instant(out, "clock", lead->clock_ms);
  put_flag(out, "closed", lead->closed);
  if (lead->closed) put_flag(out, "won", lead->won);
}

/* See story_text.c: the leads are asked for again before each question. */
static const treaty_lead *lead_at(const story *story, treaty_engine *engine, size_t index) {
  size_t count;
  return &treaty_engine_account(engine, story->account, &count)[index];
}

static void put_lead(buffer *out, const story *story, treaty_engine *engine, size_t index) {
  const treaty_lead *lead = lead_at(story, engine, index);
  size_t count;
  put(out, "{");
  story_lead_json(out, lead);
  if (lead->handover) {
    story_clock clock = story_clock_of_offer(lead);
    put_handover(out, lead->handover);
    const treaty_stretch *hours = treaty_engine_stretches(engine, lead, &count);
    put_hours(out, story, clock, hours, count);
    put(out, "}");
  }
  lead = lead_at(story, engine, index);
  if (lead->hold) put_hold(out, lead->hold);
  const treaty_duty *duties = treaty_engine_duties(engine, lead_at(story, engine, index), &count);
  put_duties(out, duties, count);
  const treaty_play *plays = treaty_engine_plays(engine, lead_at(story, engine, index), &count);
  put_plays(out, plays, count);
  const treaty_outlook *outlook =
      treaty_engine_outlook(engine, lead_at(story, engine, index), &count);
  put(out, ",\"outlook\":[");
  for (size_t i = 0; i < count; i++) {
    if (i > 0) put(out, ",");
    story_outlook_json(story, out, &outlook[i]);
  }
  put(out, "]}");
}

void story_json(const story *story, treaty_engine *engine, buffer *out) {
  size_t lead_count;
  treaty_engine_account(engine, story->account, &lead_count);
  put(out, "{");
  put_text(out, "account", story->account);
  put(out, ",\"decisions\":[");
  for (size_t i = 0; i < story->decision_count; i++) {
    put(out, i > 0 ? ",\n" : "\n");
    put_decision(out, story, engine, &story->decisions[i]);
  }
  put(out, "],\n\"leads\":[");
  for (size_t i = 0; i < lead_count; i++) {
    put(out, i > 0 ? ",\n" : "\n");
    put_lead(out, story, engine, i);
  }
  put(out, "]}\n");
}
