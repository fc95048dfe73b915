/* story.c - collecting; how it is told stands in story_text.c and story_json.c. */
#include "runtime/story.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES 65536

/* Copies are cut from pieces that live as long as the story. */
struct story_piece {
  story_piece *before;
  size_t used, room;
  _Alignas(16) char bytes[];
};

void story_init(story *story, const treaty_program *program, treaty_text account) {
  *story = (struct story){.program = program, .account = account};
}

void story_free(story *story) {
  while (story->pieces) {
    story_piece *before = story->pieces->before;
    free(story->pieces);
    story->pieces = before;
  }
  free(story->decisions);
  free(story->events);
  free(story->gone);
  *story = (struct story){0};
}

void story_begin_again(story *story) {
  story->decision_count = story->event_count = 0;
  story->some_event = story->is_partial = false;
}

static void *cut(story *story, size_t bytes) {
  bytes = (bytes + 15) & ~(size_t)15;
  story_piece *piece = story->pieces;
  if (!piece || piece->room - piece->used < bytes) {
    size_t room = bytes > PIECE_BYTES ? bytes : PIECE_BYTES;
    piece = room_grow(NULL, 1, sizeof *piece + room);
    *piece = (story_piece){.before = story->pieces, .room = room};
    story->pieces = piece;
  }
  void *place = piece->bytes + piece->used;
  piece->used += bytes;
  return place;
}

static const char *copy_string(story *story, const char *text) {
  if (!text) return NULL;
  size_t bytes = strlen(text) + 1;
  return memcpy(cut(story, bytes), text, bytes);
}

static treaty_text copy_text(story *story, treaty_text text) {
  if (!text.bytes) return text;
  char *bytes = cut(story, text.length + 1);
  memcpy(bytes, text.bytes, text.length);
  bytes[text.length] = '\0';
  return (treaty_text){.bytes = bytes, .length = text.length};
}

static bool is_name(const story *story, treaty_text name) {
  for (size_t i = 0; i < story->gone_count; i++) {
    if (bytes_same(name, story->gone[i])) return true;
  }
  return bytes_same(name, story->account);
}

static void add_merge(story *story, const treaty_decision *merge) {
  treaty_text gone = {.bytes = merge->from, .length = strlen(merge->from)};
  treaty_text kept = {.bytes = merge->to, .length = strlen(merge->to)};
  if (!is_name(story, kept) || is_name(story, gone)) return;
  if (story->gone_count == story->gone_room) {
    story->gone_room = story->gone_room ? story->gone_room * 2 : 4;
    story->gone = room_grow(story->gone, story->gone_room, sizeof *story->gone);
  }
  story->gone[story->gone_count++] = copy_text(story, gone);
  story->is_partial = true;
}

void story_add_event(story *story, const treaty_event *event, uint64_t seq) {
  bool named = event->account.bytes != NULL;
  if (named && !is_name(story, event->account)) return;
  if (named) story->some_event = true;
  if (story->event_count == story->event_room) {
    story->event_room = story->event_room ? story->event_room * 2 : 64;
    story->events = room_grow(story->events, story->event_room, sizeof *story->events);
  }
  assert(story->event_count == 0 || story->events[story->event_count - 1].seq < seq);
  story->events[story->event_count++] = (story_event){.seq = seq,
                                                      .source = copy_text(story, event->source),
                                                      .id = copy_text(story, event->id),
                                                      .type = event->type->name,
                                                      .time_ms = event->time_ms};
}

static const treaty_point *copy_points(story *story, const treaty_point *points, size_t count) {
  if (count == 0) return NULL;
  treaty_point *copies = cut(story, count * sizeof *copies);
  for (size_t i = 0; i < count; i++) {
    copies[i] = points[i];
    copies[i].value = copy_string(story, points[i].value);
  }
  return copies; /* rules and files are the program's */
}

static const treaty_because *copy_facts(story *story, const treaty_because *facts, size_t count) {
  if (count == 0) return NULL;
  treaty_because *copies = cut(story, count * sizeof *copies);
  for (size_t i = 0; i < count; i++)
    copies[i] =
        (treaty_because){.name = copy_string(story, facts[i].name),
                         .question = facts[i].question, /* the program's */
                         .person = copy_text(story, facts[i].person),
                         .value = copy_string(story, facts[i].value),
                         .seq = facts[i].seq,
                         .points = copy_points(story, facts[i].points, facts[i].point_count),
                         .point_count = facts[i].point_count};
  return copies;
}

static const treaty_reference *copy_references(story *story, const treaty_decision *decision) {
  if (decision->reference_count == 0) return NULL;
  treaty_reference *copies = cut(story, decision->reference_count * sizeof *copies);
  for (size_t i = 0; i < decision->reference_count; i++) {
    copies[i] = decision->references[i]; /* catalogues are the program's */
    copies[i].columns = copy_facts(story, copies[i].columns, copies[i].column_count);
  }
  return copies;
}

void story_add_decision(story *story, const treaty_decision *decision) {
  if (decision->kind == TREATY_ACCOUNT_MERGED) add_merge(story, decision);
  if (!bytes_same(decision->account, story->account)) return;
  if (story->decision_count == story->decision_room) {
    story->decision_room = story->decision_room ? story->decision_room * 2 : 64;
    story->decisions = room_grow(story->decisions, story->decision_room, sizeof *story->decisions);
  }
  treaty_decision copy = *decision;
  copy.account = copy_text(story, decision->account);
  copy.lead = copy_text(story, decision->lead);
  copy.agreement = copy_string(story, decision->agreement);
  copy.file = copy_string(story, decision->file);
  copy.from = copy_string(story, decision->from);
  copy.to = copy_string(story, decision->to);
  copy.name = copy_string(story, decision->name);
  copy.party = copy_string(story, decision->party);
  copy.by = copy_string(story, decision->by);
  copy.actor = copy_text(story, decision->actor);
  copy.address = copy_string(story, decision->address);
  copy.say = copy_string(story, decision->say);
  copy.reason = copy_string(story, decision->reason);
  copy.person = copy_text(story, decision->person);
  copy.about_source = copy_text(story, decision->about_source);
  copy.about_id = copy_text(story, decision->about_id);
  copy.cause_source = copy_text(story, decision->cause_source);
  copy.cause_id = copy_text(story, decision->cause_id);
  copy.references = copy_references(story, decision);
  copy.because = copy_facts(story, decision->because, decision->because_count);
  story->decisions[story->decision_count++] = copy;
}

const story_event *story_find_event(const story *story, uint64_t seq) {
  size_t from = 0, to = story->event_count;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (story->events[middle].seq < seq)
      from = middle + 1;
    else
      to = middle;
  }
  return from < story->event_count && story->events[from].seq == seq ? &story->events[from] : NULL;
}

bool story_has_hours(const treaty_decision *decision, int64_t *to_ms) {
  if (decision->due_ms == TREATY_NEVER) return false;
  switch (decision->kind) {
    case TREATY_HANDOVER_ACCEPTED:
    case TREATY_HANDOVER_REJECTED:
    case TREATY_DUTY_KEPT:
    case TREATY_DUTY_LATE:
    case TREATY_HANDOVER_ANSWER_NOTED: *to_ms = decision->answered_ms; return true;
    case TREATY_DUTY_BROKEN:
    case TREATY_HANDOVER_BREACHED: *to_ms = decision->due_ms; return true;
    case TREATY_DUTY_RETURNED:
    case TREATY_HANDOVER_WITHDRAWN:
    case TREATY_HANDOVER_RETURNED: *to_ms = decision->time_ms; return true;
    default: return false;
  }
}
