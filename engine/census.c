/* census.c - see census.h. */
#include "engine/census.h"

#include <assert.h>

/* Of a member that is not there: all its events were taken back. */
enum { ANSWER_NONE, ANSWER_NO, ANSWER_OPEN, ANSWER_YES, ANSWERS };

typedef struct tr_census {
  struct tr_census *next; /* of the lead */
  const tr_code *code;
  tr_opcode op;        /* of the values, or TR_OP_ANY: of the answers */
  uint8_t *answers;    /* by place among the members, as `positions` */
  uint32_t *positions; /* in `untils` */
  uint32_t asked, room;
  uint32_t counts[ANSWERS];
  tr_heap untils;
  tr_segments values;
  uint64_t heard; /* of the account's changes */
  int64_t now_ms; /* it stands as of then: it does not go back */
} tr_census;

static bool is_of_values(const tr_census *census) { return census->op != TR_OP_ANY; }

/* Persons by number, in the order of their changes. */
typedef struct tr_changes {
  uint32_t *persons;
  uint32_t count, room;
  uint64_t dropped; /* that came before these; who has not heard them asks all anew */
} tr_changes;

/* ---- Who has changed ------------------------------------------------------------------------- */

/* So many are kept for each person of the account: asking all anew is as cheap then. */
#define CHANGES_PER_PERSON 4

void tr_census_anew(tr_account *account) {
  tr_changes *changes = account->changes;
  if (!changes) return;
  changes->dropped += changes->count + 1;
  changes->count = 0;
}

void tr_census_person(treaty_engine *engine, tr_account *account, const tr_person *person) {
  tr_changes *changes = account->changes;
  if (!changes) return;
  if (changes->count >= CHANGES_PER_PERSON * account->person_count) tr_census_anew(account);
  if (changes->count == changes->room) {
    uint32_t room = changes->room ? changes->room * 2 : 64;
    changes->persons = tr_memory_grow(&engine->memory, changes->persons,
                                      sizeof(uint32_t) * changes->room, sizeof(uint32_t) * room);
    changes->room = room;
  }
  changes->persons[changes->count++] = person->number;
}

/* ---- A census -------------------------------------------------------------------------------- */

static bool came_before(const void *owner, uint32_t first, uint32_t second) {
  (void)owner;
  return first < second;
}

static void until_moved(void *owner, uint32_t place, uint32_t position) {
  ((tr_census *)owner)->positions[place] = position;
}

static tr_census *make_census(treaty_engine *engine, tr_lead *lead, tr_opcode op,
                              const tr_code *code) {
  tr_census *census = tr_memory_alloc(&engine->memory, sizeof *census);
  census->code = code;
  census->op = op;
  tr_heap_init(&census->untils, &engine->memory, (tr_heap_owner){came_before, until_moved, census});
  census->next = lead->many->censuses;
  lead->many->censuses = census;
  return census;
}

static tr_census *census_of(treaty_engine *engine, tr_lead *lead, tr_opcode op,
                            const tr_code *code) {
  for (tr_census *census = lead->many->censuses; census; census = census->next) {
    if (census->code == code && census->op == op) return census;
  }
  return make_census(engine, lead, op, code);
}

static void make_room(treaty_engine *engine, tr_census *census, const tr_lead *lead) {
  tr_memory *memory = &engine->memory;
  uint32_t old = census->room, room = lead->member_room;
  if (is_of_values(census)) tr_segments_widen(&census->values, memory, lead->member_count);
  if (is_of_values(census) || lead->member_count <= old) return;
  census->answers = tr_memory_grow(memory, census->answers, old, room);
  census->positions =
      tr_memory_grow(memory, census->positions, sizeof(uint32_t) * old, sizeof(uint32_t) * room);
  census->room = room;
}

static void begin_anew(tr_census *census, int64_t now_ms) {
  tr_heap_close(&census->untils);
  for (int i = 0; i < ANSWERS; i++) census->counts[i] = 0;
  census->asked = 0;
  census->now_ms = now_ms;
}

void tr_members_free(treaty_engine *engine, tr_lead *lead) {
  if (!lead->many) return;
  for (tr_census *census = lead->many->censuses, *next; census; census = next) {
    next = census->next;
    tr_heap_close(&census->untils);
    tr_segments_close(&census->values, &engine->memory);
    tr_memory_free(&engine->memory, census->answers);
    tr_memory_free(&engine->memory, census->positions);
    tr_memory_free(&engine->memory, census);
  }
  tr_map_close(&lead->many->places);
  tr_memory_free(&engine->memory, lead->many);
  lead->many = NULL;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

/* The answer of one member, and until when it holds. */
static uint8_t answer_of(tr_eval *asking, const tr_code *code, const tr_member *member) {
  if (!member->is_there) return ANSWER_NONE;
  tr_view view = {.member = member, .person = member->person};
  switch (tr_evaluate_truth(asking, code, view)) {
    case TREATY_FALSE: return ANSWER_NO;
    case TREATY_TRUE: return ANSWER_YES;
    default: return ANSWER_OPEN;
  }
}

static void hold(tr_census *census, uint32_t place, int64_t until_ms) {
  uint32_t position = census->positions[place];
  if (position == TR_HEAP_NONE && until_ms != TR_NEVER)
    tr_heap_add(&census->untils, until_ms, place);
  else if (position != TR_HEAP_NONE && until_ms == TR_NEVER)
    tr_heap_remove(&census->untils, position);
  else if (position != TR_HEAP_NONE)
    tr_heap_move(&census->untils, position, until_ms);
}

static void ask(const tr_eval *eval, tr_census *census, const tr_lead *lead, uint32_t place) {
  if (is_of_values(census)) {
    tr_segments_changed(&census->values, place);
    return;
  }
  tr_eval asking = {.engine = eval->engine, .now_ms = eval->now_ms, .until_ms = TR_NEVER};
  uint8_t answer = answer_of(&asking, census->code, &lead->members[place]);
  assert(asking.until_ms > eval->now_ms);
  census->counts[census->answers[place]]--;
  census->answers[place] = answer;
  census->counts[answer]++;
  hold(census, place, asking.until_ms);
}

static void ask_person(const tr_eval *eval, tr_census *census, const tr_lead *lead,
                       uint32_t number) {
  uint32_t place = tr_map_find(&lead->many->places, &number, sizeof number);
  if (place != TR_MAP_NONE && place < census->asked) ask(eval, census, lead, place);
}

static void ask_changed(const tr_eval *eval, tr_census *census, const tr_lead *lead,
                        const tr_changes *changes) {
  if (census->heard < changes->dropped) {
    begin_anew(census, eval->now_ms);
    census->heard = changes->dropped;
  }
  for (uint64_t i = census->heard - changes->dropped; i < changes->count; i++)
    ask_person(eval, census, lead, changes->persons[i]);
  census->heard = changes->dropped + changes->count;
  if (eval->engine->observed) ask_person(eval, census, lead, eval->engine->observed->number);
}

static void begin_with(tr_census *census, uint32_t place) {
  if (is_of_values(census)) return;
  census->answers[place] = ANSWER_NONE;
  census->counts[ANSWER_NONE]++;
  census->positions[place] = TR_HEAP_NONE;
}

static void ask_new(const tr_eval *eval, tr_census *census, const tr_lead *lead) {
  make_room(eval->engine, census, lead);
  while (census->asked < lead->member_count) {
    uint32_t place = census->asked++;
    begin_with(census, place);
    ask(eval, census, lead, place);
  }
}

static void ask_whose_time_is_up(const tr_eval *eval, tr_census *census, const tr_lead *lead) {
  for (const tr_heap_item *first;
       (first = tr_heap_first(&census->untils)) && first->instant_ms <= eval->now_ms;)
    ask(eval, census, lead, first->index);
}

/* The census as of now. NULL: there is none. A trace names the members, and the past has other
 * answers than those that are kept. */
static tr_census *present_census(tr_eval *eval, tr_opcode op, const tr_code *code, tr_view view) {
  treaty_engine *engine = eval->engine;
  tr_lead *lead = (tr_lead *)view.lead;
  tr_account *account = (tr_account *)view.account;
  if (!lead->many || !code->of_member || eval->trace || !account) return NULL;
  if (!account->changes)
    account->changes = tr_memory_alloc(&engine->memory, sizeof *account->changes);
  tr_census *census = census_of(engine, lead, op, code);
  bool stands = census->asked > 0 && census->heard >= account->changes->dropped;
  if (stands && eval->now_ms < census->now_ms) return NULL;
  ask_changed(eval, census, lead, account->changes);
  ask_new(eval, census, lead);
  ask_whose_time_is_up(eval, census, lead);
  census->now_ms = eval->now_ms;
  return census;
}

bool tr_census_take(tr_eval *eval, const tr_code *code, tr_view view, tr_answers *answers) {
  const tr_census *census = present_census(eval, TR_OP_ANY, code, view);
  if (!census) return false;
  const tr_heap_item *first = tr_heap_first(&census->untils);
  if (first && first->instant_ms < eval->until_ms) eval->until_ms = first->instant_ms;
  *answers = (tr_answers){.yes = census->counts[ANSWER_YES],
                          .open = census->counts[ANSWER_OPEN],
                          .no = census->counts[ANSWER_NO]};
  return true;
}

/* Whose values they are. */
typedef struct asked_of {
  const tr_lead *lead;
  const tr_code *code;
} asked_of;

/* The value of one member, and until when it holds. */
static tr_aggregate value_of(tr_eval *asking, const void *context, uint32_t place) {
  const asked_of *of = context;
  const tr_member *member = &of->lead->members[place];
  if (!member->is_there) return tr_aggregate_none();
  tr_value value =
      tr_evaluate(asking, of->code, (tr_view){.member = member, .person = member->person});
  tr_eval_settle(asking, value);
  return tr_aggregate_of(asking, value);
}

bool tr_census_values(tr_eval *eval, tr_opcode op, const tr_code *code, tr_view view,
                      tr_aggregate *all) {
  tr_census *census = present_census(eval, op, code, view);
  asked_of of = {.lead = view.lead, .code = code};
  if (!census) return false;
  const tr_segment *whole = tr_segments_whole(&census->values, eval, op, value_of, &of);
  if (whole->holds_ms < eval->until_ms) eval->until_ms = whole->holds_ms;
  *all = whole->all;
  return true;
}
