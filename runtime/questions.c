/* questions.c - see questions.h. What the engine says of a lead is read in one go, before it is
 * asked anything else. */
#include "runtime/questions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"
#include "runtime/terminal.h"

#define OTHERS_MAX 3 /* that are named beside a fact */

/* What a fact would do for a clause. */
typedef struct use {
  const treaty_outlook *clause;
  treaty_use of;
} use;

typedef struct question {
  const treaty_because *fact;
  use *uses; /* the nearest first */
  size_t use_count, use_room, order;
} question;

typedef struct questions {
  question *items;
  size_t count, room;
} questions;

/* ---- Collecting ------------------------------------------------------------------------------ */

static bool same_fact(const treaty_because *a, const treaty_because *b) {
  return strcmp(a->name, b->name) == 0 && bytes_same(a->person, b->person);
}

static question *question_of(questions *all, const treaty_because *fact) {
  for (size_t i = 0; i < all->count; i++)
    if (same_fact(all->items[i].fact, fact)) return &all->items[i];
  if (all->count == all->room) {
    all->room = all->room ? all->room * 2 : 8;
    all->items = room_grow(all->items, all->room, sizeof *all->items);
  }
  all->items[all->count] = (question){.fact = fact, .order = all->count};
  return &all->items[all->count++];
}

static void add_use(question *question, use use) {
  if (question->use_count > 0 && question->uses[question->use_count - 1].clause == use.clause)
    return; /* the fact stands in several of its conditions */
  if (question->use_count == question->use_room) {
    question->use_room = question->use_room ? question->use_room * 2 : 4;
    question->uses = room_grow(question->uses, question->use_room, sizeof *question->uses);
  }
  question->uses[question->use_count++] = use;
}

static void collect_fact(questions *all, const treaty_outlook *clause, const treaty_because *fact) {
  use use = {.clause = clause};
  if (!treaty_condition_use(&clause->condition, fact, &use.of)) return;
  use.of.left += clause->behind != NULL; /* what stands in front of it has to be ruled out, too */
  add_use(question_of(all, fact), use);
}

static void collect(questions *all, const treaty_outlook *clause,
                    const treaty_condition *condition) {
  for (size_t i = 0; i < condition->fact_count; i++)
    if (condition->facts[i].open) collect_fact(all, clause, &condition->facts[i]);
  for (size_t i = 0; i < condition->part_count; i++) collect(all, clause, &condition->parts[i]);
}

static int compare_uses(const void *a, const void *b) {
  const use *left = a, *right = b;
  if (left->of.left != right->of.left) return left->of.left < right->of.left ? -1 : 1;
  return (left->clause > right->clause) - (left->clause < right->clause);
}

static size_t decided(const question *question) {
  size_t count = 0;
  while (count < question->use_count && question->uses[count].of.left == 0) count++;
  return count;
}

static int compare_questions(const void *a, const void *b) {
  const question *left = a, *right = b;
  size_t nearest = left->uses[0].of.left, other = right->uses[0].of.left;
  if (nearest != other) return nearest < other ? -1 : 1;
  if (decided(left) != decided(right)) return decided(left) > decided(right) ? -1 : 1;
  return (left->order > right->order) - (left->order < right->order);
}

/* Where the clause of the open offer stands; file NULL: none is open. */
typedef struct offer_place {
  const char *file; /* the program's */
  uint32_t line;
} offer_place;

static offer_place place_of(const treaty_handover *offer) {
  return offer ? (offer_place){offer->file, offer->line} : (offer_place){0};
}

/* An open offer asks nothing more: it waits for its answer. */
static bool asks(offer_place offer, const treaty_outlook *clause) {
  return !offer.file || offer.line != clause->line || strcmp(offer.file, clause->file) != 0;
}

static questions collect_all(offer_place offer, const treaty_outlook *outlook, size_t count) {
  questions all = {0};
  for (size_t i = 0; i < count; i++)
    if (asks(offer, &outlook[i])) collect(&all, &outlook[i], &outlook[i].condition);
  for (size_t i = 0; i < all.count; i++)
    qsort(all.items[i].uses, all.items[i].use_count, sizeof(use), compare_uses);
  if (all.count > 1) qsort(all.items, all.count, sizeof(question), compare_questions);
  return all;
}

static void free_questions(questions *all) {
  for (size_t i = 0; i < all->count; i++) free(all->items[i].uses);
  free(all->items);
}

/* ---- As text --------------------------------------------------------------------------------- */

static void put(buffer *out, const char *text) { buffer_put(out, text, strlen(text)); }

static void put_string(buffer *out, const char *text) {
  terminal_put_text(out, (treaty_text){.bytes = text, .length = strlen(text)});
}

static size_t held_of(const treaty_condition *condition) {
  size_t held = 0;
  for (size_t i = 0; i < condition->part_count; i++)
    held += condition->parts[i].truth == TREATY_TRUE;
  return held;
}

/* "as budget it could complete at least 3 of (…), 2 hold" */
static void put_completed(buffer *out, const use *use) {
  const treaty_condition *done = use->of.completes;
  if (use->of.criterion && use->of.criterion != done) {
    put(out, "as ");
    put_string(out, use->of.criterion->criterion);
    put(out, " it ");
  }
  if (!done || done == &use->clause->condition) {
    put(out, done ? "could settle it" : "could help");
    return;
  }
  put(out, treaty_condition_is_several(done) ? "could complete " : "could settle ");
  put_string(out, done->text);
  if (treaty_condition_is_several(done))
    buffer_print(out, ", %zu hold%s", held_of(done), held_of(done) == 1 ? "s" : "");
}

/* What stands beside it in the same condition, and may be needed, too. */
static void put_others(buffer *out, const use *use, const treaty_because *fact) {
  size_t others = 0;
  for (size_t i = 0; i < use->of.asked_in->fact_count; i++) {
    const treaty_because *other = &use->of.asked_in->facts[i];
    if (!other->open || same_fact(other, fact)) continue;
    if (others++ == OTHERS_MAX) {
      put(out, ", …");
      return;
    }
    put(out, others == 1 ? ", perhaps with " : ", ");
    put_string(out, other->name);
    if (!other->person.bytes) continue;
    put(out, " of ");
    terminal_put_text(out, other->person);
  }
}

static void put_use(buffer *out, const use *use, const treaty_because *fact) {
  put(out, "       ");
  put_string(out, use->clause->clause);
  put(out, "   (");
  put_string(out, use->clause->file);
  buffer_print(out, ":%u)\n         ", use->clause->line);
  put_completed(out, use);
  put_others(out, use, fact);
  size_t left = use->of.left - (use->clause->behind != NULL);
  if (left == 0)
    put(out, "; nothing else is missing\n");
  else
    buffer_print(out, "; %zu more %s missing\n", left, left == 1 ? "is" : "are");
  if (use->clause->behind) story_behind_text(out, use->clause, 9);
}

static const char *asked_as(const question *question) {
  for (size_t i = 0; i < question->use_count; i++)
    if (question->uses[i].of.criterion && question->uses[i].of.criterion->question)
      return question->uses[i].of.criterion->question;
  return NULL;
}

static void put_question(buffer *out, size_t number, const question *question) {
  buffer_print(out, "  %zu. ", number);
  put_string(out, question->fact->name);
  if (question->fact->person.bytes) {
    put(out, " of ");
    terminal_put_text(out, question->fact->person);
  }
  const char *asked = asked_as(question);
  if (asked) {
    put(out, "   \"");
    put_string(out, asked);
    put(out, "\"");
  }
  put(out, "\n");
  for (size_t i = 0; i < question->use_count; i++) put_use(out, &question->uses[i], question->fact);
}

/* Each answer of the engine ends the life of the one before: the leads are asked for again before
 * each question. */
static const treaty_lead *lead_at(const story *story, treaty_engine *engine, size_t index) {
  size_t count;
  return &treaty_engine_account(engine, story->account, &count)[index];
}

static void put_lead(buffer *out, const story *story, treaty_engine *engine, size_t index) {
  const treaty_lead *lead = lead_at(story, engine, index);
  size_t count;
  story_lead_text(story, out, lead);
  if (lead->closed) {
    put(out, "  it is closed: nothing is left to find out\n");
    return;
  }
  offer_place offer = place_of(lead->handover);
  const treaty_outlook *outlook = treaty_engine_outlook(engine, lead, &count);
  questions all = collect_all(offer, outlook, count);
  for (size_t i = 0; i < all.count; i++) put_question(out, i + 1, &all.items[i]);
  if (all.count == 0) put(out, "  nothing that could be found out would decide anything here\n");
  free_questions(&all);
}

void questions_text(const story *story, treaty_engine *engine, buffer *out) {
  size_t count;
  const treaty_lead *leads = treaty_engine_account(engine, story->account, &count);
  terminal_put_text(out, story->account);
  put(out, ": what to find out next");
  if (count > 0) {
    put(out, ", at ");
    terminal_put_instant(out, story->program, leads[0].clock_ms);
  }
  put(out, count > 0 ? "\n" : "\n\nno lead was opened\n");
  for (size_t i = 0; i < count; i++) put_lead(out, story, engine, i);
}

/* ---- As JSON --------------------------------------------------------------------------------- */

static void put_json_string(buffer *out, const char *key, const char *text) {
  if (!text) return;
  buffer_print(out, ",\"%s\":", key);
  buffer_json(out, text, strlen(text));
}

static void put_json_use(buffer *out, const use *use) {
  buffer_print(out, "{\"left\":%zu", use->of.left);
  put_json_string(out, "clause", use->clause->clause);
  put_json_string(out, "file", use->clause->file);
  buffer_print(out, ",\"line\":%u", use->clause->line);
  if (use->of.criterion) {
    put_json_string(out, "criterion", use->of.criterion->criterion);
    put_json_string(out, "question", use->of.criterion->question);
  }
  put_json_string(out, "behind", use->clause->behind);
  if (use->of.completes) put_json_string(out, "completes", use->of.completes->text);
  put(out, "}");
}

static void put_json_question(buffer *out, const question *question) {
  put(out, "{\"name\":");
  buffer_json(out, question->fact->name, strlen(question->fact->name));
  if (question->fact->person.bytes) {
    put(out, ",\"person\":");
    buffer_json(out, question->fact->person.bytes, question->fact->person.length);
  }
  put_json_string(out, "value", question->fact->value);
  put(out, ",\"for\":[");
  for (size_t i = 0; i < question->use_count; i++) {
    put(out, i > 0 ? "," : "");
    put_json_use(out, &question->uses[i]);
  }
  put(out, "]}");
}

static void put_json_lead(buffer *out, const story *story, treaty_engine *engine, size_t index) {
  const treaty_lead *lead = lead_at(story, engine, index);
  size_t count = 0;
  put(out, "{");
  story_lead_json(out, lead);
  offer_place offer = place_of(lead->handover);
  const treaty_outlook *outlook = lead->closed ? NULL : treaty_engine_outlook(engine, lead, &count);
  questions all = collect_all(offer, outlook, count);
  put(out, ",\"questions\":[");
  for (size_t i = 0; i < all.count; i++) {
    put(out, i > 0 ? "," : "");
    put_json_question(out, &all.items[i]);
  }
  put(out, "]}");
  free_questions(&all);
}

void questions_json(const story *story, treaty_engine *engine, buffer *out) {
  size_t count;
  treaty_engine_account(engine, story->account, &count);
  put(out, "{\"account\":");
  buffer_json(out, story->account.bytes, story->account.length);
  put(out, ",\"leads\":[");
  for (size_t i = 0; i < count; i++) {
    put(out, i > 0 ? ",\n" : "\n");
    put_json_lead(out, story, engine, i);
  }
  put(out, "]}\n");
}
