/* engine.c - the engine's life, its clock, and its two ways forward: an event, and time alone. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/history.h"
#include "engine/limits.h"
#include "engine/people.h"
#include "engine/quota.h"
#include "engine/snapshot.h"
#include "engine/step.h"

const char *treaty_refusal_word(treaty_refusal_code code) {
  static const char *const words[] = {"",
#define WORD_ROW(name, word, meaning) word,
                                      TREATY_REFUSALS(WORD_ROW)
#undef WORD_ROW
  };
  return words[code];
}

/* ---- Life ------------------------------------------------------------------------------------ */

/* At one instant accounts come in the order of their ids. */
static bool account_before(const void *owner, uint32_t first, uint32_t second) {
  const treaty_engine *engine = owner;
  treaty_text a = tr_id_text(engine->accounts[first]->id),
              b = tr_id_text(engine->accounts[second]->id);
  int order = memcmp(a.bytes, b.bytes, a.length < b.length ? a.length : b.length);
  return order != 0 ? order < 0 : a.length < b.length;
}

static void account_moved(void *owner, uint32_t index, uint32_t position) {
  ((treaty_engine *)owner)->heap_positions[index] = position;
}

static void set_up(treaty_engine *engine) {
  const treaty_program *program = engine->program;
  tr_hash_key key = {engine->options.hash_seed[0], engine->options.hash_seed[1]};
  uint32_t fields = 1;
  for (uint32_t i = 0; i < program->event_count; i++) {
    if (program->events[i].type.field_count > fields) fields = program->events[i].type.field_count;
  }
  tr_pool_init(&engine->pool, &engine->memory);
  tr_texts_init(&engine->texts, &engine->memory, &program->texts);
  tr_texts_seed(&engine->texts, key);
  tr_heap_init(&engine->timers, &engine->memory,
               (tr_heap_owner){account_before, account_moved, engine});
  tr_repeats_init(&engine->repeats, &engine->memory, key, program->late_ms);
  tr_repeats_init(&engine->people_repeats, &engine->memory, key, INT64_MAX / 4);
  tr_arena_init(&engine->step, &engine->memory);
  engine->snapshots.every = TR_SNAPSHOT_EVENTS;
  engine->snapshots.bytes_max = TR_SNAPSHOTS_BYTES;
  engine->touched.words =
      tr_memory_alloc(&engine->memory, sizeof(uint64_t) * (program->input_words + 1));
  tr_people_init(engine);
  tr_quotas_init(engine);
  engine->fired = tr_memory_alloc(&engine->memory, sizeof(uint64_t) * tr_fired_words(program));
  engine->event_loose = tr_memory_alloc(&engine->memory, sizeof(uint32_t) * fields);
}

treaty_status treaty_engine_new(const treaty_program *program, const treaty_engine_options *options,
                                treaty_engine **engine) {
  jmp_buf on_failure;
  treaty_engine *volatile made = tr_memory_object(sizeof *made);
  *engine = NULL;
  if (!made) return TREATY_NO_MEMORY;
  made->program = program;
  made->options.future_skew_ms = TR_FUTURE_SKEW_MS;
  if (options) made->options = *options;
  made->clock_ms = INT64_MIN;
  made->next_n = 1;
  made->memory.on_failure = &on_failure;
  if (setjmp(on_failure) != 0) {
    treaty_engine_free(made);
    return TREATY_NO_MEMORY;
  }
  set_up(made);
  made->memory.on_failure = NULL;
  *engine = made;
  return TREATY_OK;
}

void treaty_engine_free(treaty_engine *engine) {
  if (!engine) return;
  tr_memory_close(&engine->memory);
  tr_memory_object_free(engine);
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static void begin_call(treaty_engine *engine) {
  memset(&engine->decisions, 0, sizeof engine->decisions);
  memset(&engine->loose, 0, sizeof engine->loose);
  tr_arena_reset(&engine->step);
  engine->observed = NULL;
  engine->by_time = engine->behind_entry = false;
}

/* What the step makes lies with the account. */
static void begin_step(treaty_engine *engine, tr_account *account) {
  engine->pool.nest = &account->nest;
  engine->step_number++;
  memset(engine->touched.words, 0, sizeof(uint64_t) * engine->program->input_words);
}

/* Time alone: accounts whose instant has come, in the order of (instant, id), and behind those of
 * its instant what parties owe in each period. */
static void fire_timers(treaty_engine *engine, int64_t until_ms, bool with_it) {
  for (;;) {
    const tr_heap_item *first = tr_heap_first(&engine->timers);
    bool of_account = first && first->instant_ms <= engine->quotas_next_ms;
    int64_t instant_ms = of_account ? first->instant_ms : engine->quotas_next_ms;
    if (instant_ms == TR_NEVER || instant_ms > until_ms || (instant_ms == until_ms && !with_it))
      return;
    if (instant_ms > engine->clock_ms) engine->clock_ms = instant_ms;
    if (!of_account) {
      tr_quotas_by_time(engine);
      continue;
    }
    tr_account *account = engine->accounts[first->index];
    begin_step(engine, account);
    engine->event = NULL;
    engine->event_ms = engine->clock_ms;
    tr_step_context context = {.engine = engine, .account = account, .by_time = true};
    tr_step_leads(&context);
  }
}

static bool refuse(treaty_refusal *refusal, treaty_refusal_code code, const char *reason) {
  refusal->code = code;
  snprintf(refusal->reason, sizeof refusal->reason, "%s", reason);
  return true;
}

/* What of a text goes into a reason: whole characters. */
static int shown_length(treaty_text text) {
  size_t length = text.length < 80 ? text.length : 80;
  while (length < text.length && length > 0 && ((unsigned char)text.bytes[length] & 0xC0) == 0x80)
    length--;
  return (int)length;
}

static bool too_long(treaty_text text) { return text.length > TR_ID_BYTES_MAX; }

/* Ids of accounts and leads come with the data of some events, too. */
static bool says_too_long(const treaty_engine *engine, const treaty_event *event) {
  const tr_event_def *def = &engine->program->events[event->type->index];
  if (def->control == CONTROL_NONE || tr_control_is_power(def->control)) return false;
  for (uint32_t i = 0; i < event->type->field_count; i++) {
    if (event->values[i].present && too_long(event->values[i].text)) return true;
  }
  return false;
}

static bool is_refused(const treaty_engine *engine, const treaty_event *event, int64_t clock_ms,
                       treaty_refusal *refusal) {
  if (too_long(event->source) || too_long(event->id) || too_long(event->account) ||
      too_long(event->person) || too_long(event->lead) || too_long(event->actor) ||
      says_too_long(engine, event)) {
    return refuse(refusal, TREATY_ID_TOO_LONG,
                  "source, id, account, person or lead is longer than 1,024 bytes");
  }
  if (!tr_event_source_may_send(engine->program, event)) {
    refusal->code = TREATY_NOT_ITS_SOURCE;
    snprintf(refusal->reason, sizeof refusal->reason,
             "the treaty does not let source '%.*s' send %.80s", shown_length(event->source),
             event->source.bytes, event->type->name);
    return true;
  }
  if (event->time_ms < TR_TIME_MIN_MS || event->time_ms > TR_TIME_MAX_MS) {
    return refuse(refusal, TREATY_BAD_TIME, "the time lies outside the years 1 to 9999");
  }
  if (engine->options.future_skew_ms >= 0 &&
      event->time_ms - clock_ms > engine->options.future_skew_ms) {
    return refuse(refusal, TREATY_FUTURE_TIME,
                  "the event's time lies further in the future than clocks may differ");
  }
  return false;
}

static treaty_status refuse_reused(treaty_refusal *refusal) {
  refuse(refusal, TREATY_ID_REUSED,
         "an event with this source and id but other content was accepted before");
  return TREATY_REFUSED;
}

/* What is said of people is in no account's history: of that all ids are kept. */
static tr_repeat_verdict look_for_repeat(const treaty_engine *engine, tr_hash128 id,
                                         const treaty_event *event, bool of_people) {
  tr_repeat_verdict verdict = tr_repeats_look(&engine->repeats, id, event->content_hash);
  if (verdict != REPEAT_NEW || !of_people) return verdict;
  return tr_repeats_look(&engine->people_repeats, id, event->content_hash);
}

/* Ids are kept for the horizon; an event from beyond it is held against its account's history. */
static tr_repeat_verdict look_further_back(treaty_engine *engine, const tr_account *account,
                                           const treaty_event *event, int64_t clock_ms) {
  const treaty_event *before;
  if (!account || event->time_ms >= clock_ms - engine->program->late_ms) return REPEAT_NEW;
  if (!tr_history_find(engine, account, event->source, event->id, &before)) return REPEAT_NEW;
  return before->content_hash == event->content_hash ? REPEAT_SAME : REPEAT_OTHER_CONTENT;
}

static treaty_status take_event(treaty_engine *engine, const treaty_event *event, int64_t clock_ms,
                                treaty_refusal *refusal) {
  if (clock_ms < engine->clock_ms) clock_ms = engine->clock_ms;
  if (is_refused(engine, event, clock_ms, refusal)) return TREATY_REFUSED;
  tr_hash128 id = tr_event_identity(engine->repeats.key, event);
  bool of_people = engine->program->events[event->type->index].control >= CONTROL_REP_JOINED;
  switch (look_for_repeat(engine, id, event, of_people)) {
    case REPEAT_SAME: return TREATY_REPEATED;
    case REPEAT_OTHER_CONTENT: return refuse_reused(refusal);
    case REPEAT_NEW: break;
  }
  tr_account *account;
  memset(engine->event_loose, 0, sizeof(uint32_t) * event->type->field_count);
  engine->event = event;
  if (of_people)
    account = NULL;
  else if (!tr_bind_account(engine, &account, refusal))
    return TREATY_REFUSED;
  tr_repeat_verdict older = look_further_back(engine, account, event, clock_ms);
  if (older == REPEAT_SAME) return TREATY_REPEATED;
  if (older == REPEAT_OTHER_CONTENT) return refuse_reused(refusal);
  tr_repeats_keep(&engine->repeats, id, event->content_hash, clock_ms);
  if (of_people) tr_repeats_keep(&engine->people_repeats, id, event->content_hash, clock_ms);
  fire_timers(engine, clock_ms, false);
  engine->clock_ms = clock_ms;
  engine->event = event;
  engine->event_identity = id;
  engine->event_ms = event->time_ms < clock_ms ? event->time_ms : clock_ms;
  engine->seq++;
  engine->next_n = 1;
  tr_quotas_begin(engine);
  if (of_people) tr_people_event(engine);
  if (!account) return TREATY_OK;
  begin_step(engine, account);
  tr_step_context context = {.engine = engine, .account = account};
  tr_observe(&context);
  if (engine->program->events[event->type->index].control != CONTROL_NONE)
    tr_identity_step(&context);
  else
    tr_offer_note_answer(&context);
  tr_step_leads(&context);
  return TREATY_OK;
}

treaty_status treaty_engine_event(treaty_engine *engine, const treaty_event *event,
                                  int64_t clock_ms, treaty_refusal *refusal) {
  jmp_buf on_failure;
  engine->memory.on_failure = &on_failure;
  int failed = setjmp(on_failure);
  if (failed != 0) return failed == TREATY_NO_HISTORY ? TREATY_NO_HISTORY : TREATY_NO_MEMORY;
  begin_call(engine);
  treaty_status status = take_event(engine, event, clock_ms, refusal);
  engine->event = NULL;
  engine->memory.on_failure = NULL;
  return status;
}

treaty_status treaty_engine_pass(treaty_engine *engine, int64_t clock_ms) {
  jmp_buf on_failure;
  engine->memory.on_failure = &on_failure;
  if (setjmp(on_failure) != 0) return TREATY_NO_MEMORY;
  begin_call(engine);
  fire_timers(engine, clock_ms, false);
  if (clock_ms > engine->clock_ms) engine->clock_ms = clock_ms;
  engine->seq++;
  engine->next_n = 1;
  engine->memory.on_failure = NULL;
  return TREATY_OK;
}

treaty_status treaty_engine_advance(treaty_engine *engine, int64_t clock_ms) {
  jmp_buf on_failure;
  engine->memory.on_failure = &on_failure;
  if (setjmp(on_failure) != 0) return TREATY_NO_MEMORY;
  begin_call(engine);
  fire_timers(engine, clock_ms, true);
  if (clock_ms > engine->clock_ms) engine->clock_ms = clock_ms;
  engine->memory.on_failure = NULL;
  return TREATY_OK;
}

/* ---- What there is --------------------------------------------------------------------------- */

const treaty_decision *treaty_engine_decisions(treaty_engine *engine, size_t *count) {
  *count = engine->decisions.count;
  return engine->decisions.items;
}

int64_t treaty_engine_next_ms(const treaty_engine *engine) {
  const tr_heap_item *first = tr_heap_first(&engine->timers);
  bool of_account = first && first->instant_ms < engine->quotas_next_ms;
  return of_account ? first->instant_ms : engine->quotas_next_ms;
}

uint64_t treaty_engine_seq(const treaty_engine *engine) { return engine->seq; }

size_t treaty_engine_bytes(const treaty_engine *engine) { return engine->memory.bytes; }

treaty_counts treaty_engine_counts(const treaty_engine *engine) {
  return (treaty_counts){.accounts = engine->account_count,
                         .persons = engine->person_count,
                         .leads = engine->lead_count,
                         .open_leads = engine->open_lead_count};
}
