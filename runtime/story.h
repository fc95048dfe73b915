/* story.h - what happened to one account in a run: its decisions, the events behind them, and where
 * it stands.
 *
 * The engine's answers live until it is called again, so the story keeps copies; they live as long
 * as the story. */
#ifndef STORY_H
#define STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/buffer.h"
#include "treaty.h"

/* An accepted event, without its payload. */
typedef struct story_event {
  uint64_t seq;
  treaty_text source, id;
  const char *type;
  int64_t time_ms;
} story_event;

typedef struct story_piece story_piece;

typedef struct story {
  const treaty_program *program; /* borrowed, as is the account */
  treaty_text account;
  treaty_decision *decisions;
  size_t decision_count, decision_room;
  story_event *events; /* by seq; of the account, and those whose account the engine had to tell */
  size_t event_count, event_room;
  bool some_event;   /* one of them names the account */
  treaty_text *gone; /* the names of accounts that were merged into this one */
  size_t gone_count, gone_room;
  bool is_partial;     /* events of a name in `gone` came before that was known */
  story_piece *pieces; /* of memory for the copies */
} story;

void story_init(story *story, const treaty_program *program, treaty_text account);
void story_free(story *story);

/* Forgets events and decisions, for the same run from its start: what is known to be gone stays. */
void story_begin_again(story *story);

/* Keep what belongs to the account. Whose name will be gone only the merge tells, when the events
 * under it have passed: the story is partial then. */
void story_add_event(story *story, const treaty_event *event, uint64_t seq);
void story_add_decision(story *story, const treaty_decision *decision);

/* The event of that number, or NULL. */
const story_event *story_find_event(const story *story, uint64_t seq);

/* Whether `hours` says something of the decision: an answer, or its absence, where a deadline ran.
 * `to_ms` is set to the end of what counts. */
bool story_has_hours(const treaty_decision *decision, int64_t *to_ms);

/* The parts of a score, a line each; nothing where there are none. */
void story_points_text(const story *story, buffer *out, const treaty_because *fact, int indent);

/* A line, behind an empty one, that says how a lead stands; and the members that say so. */
void story_lead_text(const story *story, buffer *out, const treaty_lead *lead);
void story_lead_json(buffer *out, const treaty_lead *lead);

/* Who holds it, and until when. */
void story_hold_text(const story *story, buffer *out, const treaty_hold *hold);

/* A line: the hand-over that stands in front of this one. */
void story_behind_text(buffer *out, const treaty_outlook *outlook, int indent);

/* An object: a clause, and what it waits for. */
void story_outlook_json(const story *story, buffer *out, const treaty_outlook *outlook);

/* The whole story with an end that says where the leads stand, as the engine has them now. */
void story_text(const story *story, treaty_engine *engine, buffer *out);
void story_json(const story *story, treaty_engine *engine, buffer *out);

#endif
