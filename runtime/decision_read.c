/* decision_read.c - see decision_read.h. */
#include "runtime/decision_read.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"
#include "runtime/buffer.h"
#include "runtime/protocol.h"

static treaty_text text_member(json_t *object, const char *key) {
  json_t *value = json_object_get(object, key);
  return (treaty_text){json_string_value(value), json_string_length(value)};
}

static const char *string_member(json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static int64_t instant_member(json_t *object, const char *key, int64_t otherwise_ms) {
  treaty_text text = text_member(object, key);
  int64_t time_ms = otherwise_ms;
  if (text.bytes && !tr_parse_instant(text.bytes, text.length, &time_ms)) time_ms = otherwise_ms;
  return time_ms;
}

static bool read_kind(const char *type, treaty_decision_kind *kind) {
  for (int i = 0; type && i < TREATY_DECISION_KIND_COUNT; i++) {
    *kind = (treaty_decision_kind)i;
    if (strcmp(treaty_decision_type(*kind), type) == 0) return true;
  }
  return false;
}

/* "/treaty/AGREEMENT@VERSION", the agreement percent-encoded. */
static void read_source(decision_read *read, const char *source) {
  const char *at = source && strncmp(source, "/treaty/", 8) == 0 ? source + 8 : "";
  const char *version = strrchr(at, '@');
  if (!version) return;
  char *name = read->agreement = room_grow(NULL, strlen(at) + 1, 1);
  while (at < version) {
    char hex[3] = {at[0], at[0] ? at[1] : '\0', '\0'};
    if (*at == '%' && version - at > 2) {
      hex[0] = at[1], hex[1] = at[2];
      *name++ = (char)strtoul(hex, NULL, 16);
      at += 3;
    } else {
      *name++ = *at++;
    }
  }
  *name = '\0';
  read->decision.agreement = read->agreement;
  read->decision.version = (uint32_t)strtoul(version + 1, NULL, 10);
}

/* "FILE:LINE" */
static void read_clause(decision_read *read, const char *clause) {
  const char *colon = clause ? strrchr(clause, ':') : NULL;
  if (!colon) return;
  read->file = room_copy(clause);
  read->file[colon - clause] = '\0';
  read->decision.file = read->file;
  read->decision.line = (uint32_t)strtoul(colon + 1, NULL, 10);
}

/* Texts are the JSON's, lists are ours. */
static void read_row(treaty_reference *row, json_t *object) {
  json_t *cells = json_object_get(object, "row");
  size_t count = json_array_size(cells);
  treaty_because *columns = room_grow(NULL, count + 1, sizeof *columns);
  *row = (treaty_reference){.catalogue = string_member(object, "catalogue"), .columns = columns};
  if (!row->catalogue) row->catalogue = "";
  for (size_t i = 0; i < count; i++) {
    json_t *cell = json_array_get(cells, i);
    const char *name = string_member(cell, "name"), *value = string_member(cell, "value");
    if (name && value)
      columns[row->column_count++] = (treaty_because){.name = name, .value = value};
  }
}

static void read_references(decision_read *read, json_t *list) {
  size_t count = json_array_size(list);
  if (count == 0) return;
  read->references = room_grow(NULL, count, sizeof *read->references);
  read->reference_count = count;
  for (size_t i = 0; i < count; i++) read_row(&read->references[i], json_array_get(list, i));
  read->decision.references = read->references;
  read->decision.reference_count = count;
}

/* Shown of a clause that is stuck alone. */
static void read_because(decision_read *read, json_t *list) {
  size_t count = json_array_size(list);
  if (count == 0 || read->decision.kind != TREATY_CLAUSE_STUCK) return;
  read->because = room_grow(NULL, count, sizeof *read->because);
  for (size_t i = 0; i < count; i++) {
    json_t *fact = json_array_get(list, i);
    const char *name = string_member(fact, "name");
    if (!name) continue;
    read->because[read->decision.because_count++] =
        (treaty_because){.name = name,
                         .person = text_member(fact, "person"),
                         .value = string_member(fact, "value"),
                         .question = string_member(fact, "question")};
  }
  read->decision.because = read->because;
}

static void read_data(decision_read *read, json_t *data) {
  treaty_decision *decision = &read->decision;
  decision->from = string_member(data, "from");
  decision->to = string_member(data, "to");
  decision->party = string_member(data, "party");
  decision->by = string_member(data, "by");
  decision->actor = text_member(data, "actor");
  decision->address = string_member(data, "address");
  decision->name = string_member(data, "name");
  decision->about_source = text_member(data, "about_source");
  decision->about_id = text_member(data, "about_id");
  decision->reason = string_member(data, "reason");
  decision->say = string_member(data, "say");
  decision->won = json_is_true(json_object_get(data, "won"));
  decision->inferred = json_is_true(json_object_get(data, "inferred"));
  decision->late =
      decision->kind == TREATY_DUTY_LATE || json_is_true(json_object_get(data, "late"));
  decision->at_once = json_is_true(json_object_get(data, "at_once"));
  decision->due_ms = instant_member(data, "due", instant_member(data, "until", TREATY_NEVER));
  decision->offered_ms = instant_member(data, "offered", instant_member(data, "started", 0));
  if (decision->kind == TREATY_CLAUSE_STUCK)
    decision->offered_ms = instant_member(data, "since", decision->time_ms);
  decision->answered_ms = instant_member(data, "answered", instant_member(data, "done", 0));
  if (decision->kind == TREATY_QUOTA_NOTED)
    decision->answered_ms = instant_member(data, "happened", 0);
  decision->ended_ms = instant_member(data, "ended", 0);
  const char *answer = string_member(data, "answer"), *offer = string_member(data, "offer");
  store_position position;
  decision->accepts = answer && strcmp(answer, "accepted") == 0;
  if (offer && protocol_read_position(offer, &position)) {
    decision->offer_seq = position.seq;
    decision->offer_n = position.n;
  }
  decision->open_ms = json_integer_value(json_object_get(data, "open_ms"));
  decision->wall_ms = json_integer_value(json_object_get(data, "wall_ms"));
  decision->paused_ms = json_integer_value(json_object_get(data, "paused_ms"));
  decision->rep = string_member(data, "rep");
  decision->per = string_member(data, "per");
  decision->owed = string_member(data, "owed");
  decision->reached = string_member(data, "reached");
  decision->absent_ms = json_integer_value(json_object_get(data, "absent_ms"));
  decision->enough = json_is_true(json_object_get(data, "enough"));
  decision->person = text_member(data, "person");
  decision->contacted_ms = instant_member(data, "contacted", decision->time_ms);
  decision->count = (uint32_t)json_integer_value(json_object_get(data, "count"));
  decision->most = (uint32_t)json_integer_value(json_object_get(data, "most"));
  decision->span_ms = json_integer_value(json_object_get(data, "in_ms"));
  /* Shown, and nothing is decided by it: a double will do. */
  double percent = json_number_value(json_object_get(data, "percent"));
  decision->percent_millionths = (int64_t)(percent * 1e4 + 0.5); /* 100 % is a million */
  read_references(read, json_object_get(data, "references"));
  read_because(read, json_object_get(data, "because"));
  read_clause(read, string_member(data, "clause"));
}

static bool read_id(json_t *event, store_position *position) {
  const char *id = string_member(event, "id");
  return id && strchr(id, '.') && protocol_read_position(id, position);
}

bool decision_read_line(decision_read *read, treaty_text line) {
  *read = (decision_read){0};
  json_t *event = json_loadb(line.bytes, line.length, JSON_ALLOW_NUL, NULL);
  treaty_decision *decision = &read->decision;
  store_position position;
  read->json = event;
  if (!read_id(event, &position) || !read_kind(string_member(event, "type"), &decision->kind))
    return false;
  decision->seq = position.seq;
  decision->n = position.n;
  decision->time_ms = instant_member(event, "time", TREATY_NEVER);
  decision->account = text_member(event, "account");
  decision->lead = text_member(event, "lead");
  decision->cause_source = text_member(event, "causationsource");
  decision->cause_id = text_member(event, "causationid");
  read_source(read, string_member(event, "source"));
  read_data(read, json_object_get(event, "data"));
  return decision->time_ms != TREATY_NEVER;
}

void decision_read_close(decision_read *read) {
  for (size_t i = 0; i < read->reference_count; i++) free((void *)read->references[i].columns);
  free(read->references);
  free(read->because);
  json_decref(read->json);
  free(read->agreement);
  free(read->file);
  *read = (decision_read){0};
}

bool decision_read_position(treaty_text line, store_position *position) {
  json_t *event = json_loadb(line.bytes, line.length, JSON_ALLOW_NUL, NULL);
  bool found = read_id(event, position);
  json_decref(event);
  return found;
}
