/* scenario.c - runs one `test` block; see scenario.h.
 *
 * `expect WHAT of …` looks at what was decided since the last step of time (`at`, `after`). `at T`
 * stands after all events stamped T and what time brings at T. A failing expectation says what was
 * there instead, and why. */
#include "engine/scenario.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/census.h"
#include "engine/quota.h"
#include "engine/snapshot.h"
#include "engine/step.h"
#include "engine/symbols.h"
#include "engine/text_list.h"

static const struct {
  const char *word;
  treaty_decision_kind kind;
} expectations[] = {
#define EXPECTATION_ROW(word, kind) {word, TREATY_##kind},
    TR_EXPECTATIONS(EXPECTATION_ROW)
#undef EXPECTATION_ROW
};

#define EXPECTATION_COUNT (sizeof expectations / sizeof *expectations)

size_t tr_expectation_words(const char *names[TR_EXPECTATIONS_MAX]) {
  size_t count = 0;
  for (size_t i = 0; i < EXPECTATION_COUNT; i++) {
    size_t k = 0;
    while (k < count && strcmp(names[k], expectations[i].word) != 0) k++;
    if (k == count) names[count++] = expectations[i].word;
  }
  return count;
}

/* What has become of what is owed, as `expect first_touch of … is kept` says it. */
static const struct {
  const char *word;
  treaty_decision_kind kind;
} outcomes[] = {{"running", TREATY_DUTY_STARTED}, {"kept", TREATY_DUTY_KEPT},
                {"late", TREATY_DUTY_LATE},       {"broken", TREATY_DUTY_BROKEN},
                {"ended", TREATY_DUTY_ENDED},     {"not owed", TREATY_DECISION_KIND_COUNT}};

#define OUTCOME_COUNT (sizeof outcomes / sizeof *outcomes)

size_t tr_expectation_outcomes(const char *names[TR_EXPECTATIONS_MAX]) {
  for (size_t i = 0; i < OUTCOME_COUNT; i++) names[i] = outcomes[i].word;
  return OUTCOME_COUNT;
}

static const char *outcome_of(treaty_decision_kind kind) {
  if (kind == TREATY_QUOTA_KEPT) kind = TREATY_DUTY_KEPT;
  if (kind == TREATY_QUOTA_BROKEN) kind = TREATY_DUTY_BROKEN;
  for (size_t i = 0; i < OUTCOME_COUNT; i++) {
    if (outcomes[i].kind == kind) return outcomes[i].word;
  }
  return NULL;
}

/* A decision that outlives the step. */
typedef struct kept_decision {
  treaty_decision decision;
  bool expected;
} kept_decision;

typedef struct scenario {
  treaty_program *program;
  tr_arena *arena; /* the program's: results live as long */
  treaty_engine *engine;
  treaty_test_result *result;
  TR_LIST(treaty_test_failure) failures;
  TR_LIST(kept_decision) decided;        /* since the last step of time */
  TR_LIST(treaty_decision) owed;         /* what has become of each duty, in order */
  TR_LIST(const tr_test_step *) unbound; /* sends that found no lead, nor opened one */
  const char *last_reason;
  int64_t clock_ms;
  TR_LIST(const treaty_event *) sent; /* an event's place is its place here */
} scenario;

/* Sends to the same account that passed unnoticed, in front of what was expected of it. */
static const char *unbound_text(scenario *run, const tr_test_step *step) {
  const char *text = "";
  for (uint32_t i = 0; i < run->unbound.count && step->who.account.text; i++) {
    const tr_test_step *sent = run->unbound.items[i];
    if (strcmp(sent->who.account.text, step->who.account.text) != 0) continue;
    text = tr_arena_print(run->arena, "%s\n  '%s' in line %u found no lead of %s, and opened none",
                          text, sent->name.text,
                          tr_source_place(run->program->sources, sent->span).line,
                          sent->who.account.text);
  }
  if (!*text) return text;
  return tr_arena_print(run->arena,
                        "%s\n  only an event 'by buyer' that 'opened by' names opens a lead", text);
}

/* Of a test that the checker makes up nobody reads more than that it fails. */
static bool is_made_up(const scenario *run) { return !run->result->name; }

static void fail(scenario *run, const tr_test_step *step, const char *message) {
  if (is_made_up(run)) {
    TR_PUSH(run->arena, &run->failures, (treaty_test_failure){.message = message});
    return;
  }
  message = tr_arena_print(run->arena, "%s%s", message, unbound_text(run, step));
  treaty_test_failure failure = {.place = tr_source_place(run->program->sources, step->span),
                                 .message = message};
  TR_PUSH(run->arena, &run->failures, failure);
}

static treaty_text keep_text(scenario *run, treaty_text text) {
  if (text.bytes) text.bytes = tr_arena_copy(run->arena, text.bytes, text.length);
  return text;
}

static void keep_decisions(scenario *run) {
  size_t count;
  const treaty_decision *decisions = treaty_engine_decisions(run->engine, &count);
  for (size_t i = 0; i < count; i++) {
    kept_decision kept = {.decision = decisions[i]};
    treaty_decision *decision = &kept.decision;
    treaty_because *because = TR_NEW_ARRAY(run->arena, treaty_because, decision->because_count + 1);
    for (size_t k = 0; k < decision->because_count; k++) {
      because[k] = decision->because[k];
      because[k].name = tr_arena_print(run->arena, "%s", because[k].name);
    }
    decision->because = because;
    decision->account = keep_text(run, decision->account);
    decision->lead = keep_text(run, decision->lead);
    decision->person = keep_text(run, decision->person);
    if (decision->rep) decision->rep = tr_arena_print(run->arena, "%s", decision->rep);
    decision->actor = keep_text(run, decision->actor);
    if (decision->reason)
      decision->reason = run->last_reason = tr_arena_print(run->arena, "%s", decision->reason);
    TR_PUSH(run->arena, &run->decided, kept);
    if (outcome_of(decision->kind)) TR_PUSH(run->arena, &run->owed, *decision);
  }
}

/* ---- Values ---------------------------------------------------------------------------------- */

static int64_t set_bits(const tr_expr *value) {
  uint64_t bits = 0;
  if (value->kind != EXPR_IN) return (int64_t)(UINT64_C(1) << value->number);
  for (uint32_t i = 0; i < value->list.count; i++)
    bits |= UINT64_C(1) << value->list.items[i]->number;
  return (int64_t)bits;
}

static int64_t number_of(const scenario *run, const tr_type *type, const tr_expr *value) {
  if (type->kind == TYPE_SET) return set_bits(value);
  if (value->kind == EXPR_DATETIME) return tr_zone_to_utc(run->program->zone, value->number);
  return value->number;
}

/* As the engine holds it. */
static tr_value value_of(scenario *run, const tr_type *type, const tr_expr *value) {
  if (value->kind == EXPR_UNKNOWN) return (tr_value){.known = UNKNOWN};
  if (type->kind == TYPE_TEXTS) {
    treaty_text list = tr_text_list_of(run->arena, value);
    return tr_known_value(tr_texts_add(&run->engine->texts, list.bytes, list.length));
  }
  if (value->text)
    return tr_known_value(tr_texts_add(&run->engine->texts, value->text, strlen(value->text)));
  int64_t number = number_of(run, type, value);
  if (type->kind != TYPE_SET) return tr_known_value(number);
  uint32_t count = type->values.count;
  uint64_t all = tr_set_mask(count);
  return (tr_value){.known = KNOWN, .low = number, .high = (int64_t)(all & ~(uint64_t)number)};
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static void check_status(scenario *run, treaty_status status) {
  if (status == TREATY_NO_MEMORY) longjmp(*run->program->memory.on_failure, 1);
}

static void let_time_pass(scenario *run, int64_t clock_ms) {
  run->decided.count = 0;
  run->clock_ms = clock_ms;
  check_status(run, treaty_engine_advance(run->engine, clock_ms));
  keep_decisions(run);
}

static void set_fact(scenario *run, tr_facts *facts, const tr_slot_field *field,
                     const tr_expr *expr) {
  treaty_engine *engine = run->engine;
  tr_value value = value_of(run, field->type, expr);
  if (value.known == UNKNOWN) return;
  tr_settling settling = {.time_ms = run->clock_ms};
  tr_touch(engine, field->input);
  if (field->type->kind != TYPE_SET) {
    tr_fact_settle(engine, facts, field, 0, value.low, &settling);
    return;
  }
  for (uint32_t i = 0; i < field->type->values.count; i++) {
    tr_fact_settle(engine, facts, field, i, (int64_t)((uint64_t)value.low >> i & 1), &settling);
  }
}

static const tr_lead *lead_of(scenario *run, const tr_who *who, const tr_account **account) {
  *account = who->account.text
                 ? tr_account_find(run->engine, who->account.text, strlen(who->account.text))
                 : NULL;
  for (uint32_t i = 0; who->lead.text && i < run->engine->account_count; i++) {
    const tr_lead *lead =
        tr_lead_find(run->engine->accounts[i], who->lead.text, strlen(who->lead.text));
    *account = run->engine->accounts[i];
    if (lead) return lead;
  }
  if (who->lead.text) return NULL;
  const tr_lead *found = NULL;
  for (const tr_lead *lead = *account ? (*account)->leads : NULL; lead; lead = lead->next) {
    if (!found || found->closed || (!lead->closed && lead->last_event_ms > found->last_event_ms))
      found = lead;
  }
  return found;
}

/* Of a lead: it opens unless it is there, at the first stage or at the one that is given. */
static tr_lead *give_lead(scenario *run, tr_step_context *context, const tr_test_step *step) {
  const char *id = step->who.lead.text;
  uint32_t stage = step->stage ? (uint32_t)step->stage->number : 0;
  tr_lead *lead = tr_lead_find(context->account, id, strlen(id));
  if (lead) {
    if (step->stage && lead->stage != stage)
      fail(run, step, "only a lead that opens can be given its stage, and this one is open");
    return lead;
  }
  lead = tr_lead_make(run->engine, context->account, id, strlen(id), run->clock_ms);
  lead->last_event_ms = run->clock_ms;
  tr_enter_stage(context, lead, stage, NULL, NULL);
  return lead;
}

static tr_member *give_member(scenario *run, tr_account *account, tr_person *person,
                              const tr_test_step *step) {
  const tr_account *found;
  tr_lead *lead = (tr_lead *)lead_of(run, &step->who, &found);
  if (lead && !lead->closed) {
    assert(found == account);
    return tr_member_make(run->engine, account, lead, person);
  }
  fail(run, step,
       tr_arena_print(run->arena, "%s has no open lead whose member %s could be",
                      step->who.account.text, step->who.person.text));
  return NULL;
}

/* Where what the test gives is kept; NULL: there is nothing to keep it in. */
static tr_facts *facts_of(scenario *run, tr_step_context *context, const tr_test_step *step) {
  tr_account *account = context->account;
  if (step->entity == ENTITY_ACCOUNT) return &account->state.facts;
  if (step->entity == ENTITY_LEAD) return &give_lead(run, context, step)->state.facts;
  const char *id = step->who.person.text;
  tr_person *person = tr_person_make(run->engine, account, id, strlen(id));
  if (step->entity == ENTITY_PERSON) return &person->state.facts;
  tr_member *member = give_member(run, account, person, step);
  return member ? &member->state.facts : NULL;
}

static void set_givens(scenario *run, tr_facts *facts, const tr_test_step *step) {
  const tr_entity_def *def = &run->program->entities[step->entity];
  for (uint32_t i = 0; i < step->givens.count; i++) {
    const tr_given *given = &step->givens.items[i];
    if (given->value == step->stage) continue;
    uint32_t field = 0;
    while (strcmp(def->fields[field].bare, given->name.text) != 0) field++;
    set_fact(run, facts, &def->fields[field], given->value);
  }
}

/* What the test gives is known from now on, as if an event had taught it. */
static void give(scenario *run, const tr_test_step *step) {
  treaty_engine *engine = run->engine;
  tr_account *account =
      tr_account_make(engine, step->who.account.text, strlen(step->who.account.text));
  memset(engine->touched.words, 0, sizeof(uint64_t) * run->program->input_words);
  engine->step_number++;
  engine->clock_ms = run->clock_ms;
  memset(&engine->decisions, 0, sizeof engine->decisions);
  tr_step_context context = {.engine = engine, .account = account};
  tr_facts *facts = facts_of(run, &context, step);
  if (facts) set_givens(run, facts, step);
  tr_census_anew(account);
  tr_snapshots_drop(engine, account, (tr_stamp){.time_ms = INT64_MIN});
  tr_step_leads(&context);
  keep_decisions(run);
}

static void give_value(scenario *run, const tr_type *type, const tr_expr *expr,
                       treaty_value *value) {
  if (expr->kind == EXPR_UNKNOWN) return;
  value->present = true;
  if (type->kind == TYPE_TEXTS) {
    bool one = expr->kind == EXPR_TEXT;
    value->text_count = one ? 1 : expr->list.count;
    treaty_text *texts = TR_NEW_ARRAY(run->arena, treaty_text, value->text_count);
    for (size_t i = 0; i < value->text_count; i++) {
      const char *text = one ? expr->text : expr->list.items[i]->text;
      texts[i] = (treaty_text){.bytes = text, .length = strlen(text)};
    }
    value->texts = texts;
  } else if (tr_type_is_text(type)) {
    value->text = (treaty_text){.bytes = expr->text, .length = strlen(expr->text)};
  } else {
    value->integer = number_of(run, type, expr);
  }
}

static treaty_text text_of(tr_name name) {
  return (treaty_text){.bytes = name.text, .length = name.text ? strlen(name.text) : 0};
}

static void send_event(scenario *run, const tr_test_step *step) {
  const tr_symbol *symbol = tr_symbol_find(run->program->symbols, step->name);
  const tr_event_def *event = &run->program->events[symbol->index];
  treaty_value *values = TR_NEW_ARRAY(run->arena, treaty_value, event->type.field_count + 1);
  for (uint32_t i = 0; i < step->givens.count; i++) {
    uint32_t field = 0;
    while (strcmp(event->type.fields[field].name, step->givens.items[i].name.text) != 0) field++;
    give_value(run, event->field_types[field], step->givens.items[i].value, &values[field]);
  }
  const char *id = tr_arena_print(run->arena, "%u", run->sent.count + 1);
  treaty_event *sent = TR_NEW(run->arena, treaty_event);
  *sent = (treaty_event){.type = &event->type,
                         .source = tr_event_source_of(run->program, symbol->index),
                         .id = {id, strlen(id)},
                         .account = text_of(step->who.account),
                         .person = text_of(step->who.person),
                         .lead = text_of(step->who.lead),
                         .actor = text_of(step->who.actor),
                         .time_ms = run->clock_ms,
                         .place = run->sent.count,
                         .content_hash = run->sent.count,
                         .values = values};
  TR_PUSH(run->arena, &run->sent, sent);
  treaty_refusal refusal = {0};
  treaty_status status = treaty_engine_event(run->engine, sent, run->clock_ms, &refusal);
  check_status(run, status);
  if (status == TREATY_REFUSED)
    fail(run, step, tr_arena_print(run->arena, "the event was refused: %s", refusal.reason));
  else
    keep_decisions(run);
  const tr_account *account;
  if (status == TREATY_OK && step->who.account.text && !lead_of(run, &step->who, &account))
    TR_PUSH(run->arena, &run->unbound, step);
}

/* ---- What was there instead ------------------------------------------------------------------ */

static const char *who_text(scenario *run, const tr_who *who) {
  if (who->lead.text) return tr_arena_print(run->arena, "lead %s", who->lead.text);
  if (who->person.text)
    return tr_arena_print(run->arena, "%s/%s", who->account.text, who->person.text);
  return who->account.text;
}

static const char *instant_text(scenario *run, int64_t ms) {
  char text[TR_TIME_TEXT_BYTES];
  tr_format_local(tr_zone_to_local(run->program->zone, ms), text);
  return tr_arena_print(run->arena, "%s", text);
}

static const char *word_of(treaty_decision_kind kind) {
  for (size_t i = 0; i < EXPECTATION_COUNT; i++) {
    if (expectations[i].kind == kind) return expectations[i].word;
  }
  return NULL;
}

static const char *target_of(const treaty_decision *decision) {
  if (decision->kind == TREATY_QUOTA_BROKEN) return NULL;
  if (decision->kind == TREATY_LEAD_ASSIGNED || decision->kind == TREATY_LEAD_OPEN_TO_TEAM)
    return decision->to;
  bool is_stage = decision->kind == TREATY_HANDOVER_RETURNED ||
                  decision->kind == TREATY_DUTY_RETURNED ||
                  decision->kind == TREATY_LEAD_ENTRY_REFUSED;
  return is_stage || !decision->party ? decision->to : decision->party;
}

/* Whether what is owed is called so: by its signal, or by one of the facts. */
static bool is_owed(const treaty_decision *decision, const char *name) {
  size_t length = strlen(name);
  for (const char *at = decision->name; at; at = strchr(at, ','), at = at ? at + 2 : NULL) {
    if (strncmp(at, name, length) == 0 && (!at[length] || at[length] == ',')) return true;
  }
  return false;
}

static const char *whom_text(scenario *run, const treaty_decision *decision) {
  if (decision->per)
    return tr_arena_print(run->arena, "%s%s%s", decision->from ? decision->from : decision->party,
                          decision->rep ? "/" : "", decision->rep ? decision->rep : "");
  return tr_arena_print(run->arena, "%.*s%s%.*s", (int)decision->account.length,
                        decision->account.bytes ? decision->account.bytes : "",
                        decision->person.bytes ? "/" : "", (int)decision->person.length,
                        decision->person.bytes ? decision->person.bytes : "");
}

static const char *decided_text(scenario *run) {
  const char *text = "";
  for (uint32_t i = 0; i < run->decided.count; i++) {
    const treaty_decision *decision = &run->decided.items[i].decision;
    const char *word = word_of(decision->kind), *to = target_of(decision);
    bool starts = decision->kind == TREATY_DUTY_STARTED;
    if (starts) word = decision->name;
    if (!word) continue;
    if (decision->kind == TREATY_LEAD_STAGE_CHANGED || decision->kind == TREATY_LEAD_OPENED)
      to = decision->to;
    bool is_play = decision->kind == TREATY_PLAY_SUGGESTED;
    if (is_play) word = tr_arena_print(run->arena, "play \"%s\"", decision->name);
    text = tr_arena_print(run->arena, "%s\n  %s of %s%s%s", text, word, whom_text(run, decision),
                          to ? " to " : "", to ? to : "");
    if ((decision->kind == TREATY_HANDOVER_OFFERED || starts) && decision->due_ms != TREATY_NEVER) {
      text = tr_arena_print(run->arena, "%s due %s", text, instant_text(run, decision->due_ms));
    }
  }
  return *text ? tr_arena_print(run->arena, "decided since the last step of time:%s", text)
               : "nothing was decided since the last step of time";
}

static const char *truth_word(treaty_truth truth) {
  return truth == TREATY_TRUE ? "true" : truth == TREATY_FALSE ? "false" : "unknown";
}

/* The parts of a condition that keep it from being true. */
static const char *missing_text(scenario *run, const char *text, const treaty_condition *condition,
                                int depth) {
  if (condition->truth == TREATY_TRUE || !condition->text) return text;
  text = tr_arena_print(run->arena, "%s\n%*s%s is %s%s%s%s", text, 4 + 2 * depth, "",
                        condition->text, truth_word(condition->truth), condition->value ? " (" : "",
                        condition->value ? condition->value : "", condition->value ? ")" : "");
  for (size_t i = 0; i < condition->part_count; i++)
    text = missing_text(run, text, &condition->parts[i], depth + 1);
  return text;
}

static const char *why_not(scenario *run, const tr_account *account, const tr_lead *lead) {
  size_t count;
  treaty_lead shown = {.account = tr_id_text(account->id), .id = tr_id_text(lead->id)};
  const treaty_outlook *outlook = treaty_engine_outlook(run->engine, &shown, &count);
  const char *text =
      lead->agreement == TR_NONE && !lead->closed ? "\n  no agreement governs it" : "";
  for (size_t i = 0; i < count; i++) {
    if (outlook[i].awaits && !outlook[i].condition.text) {
      text = tr_arena_print(run->arena, "%s\n  %s waits for %s", text, outlook[i].clause,
                            outlook[i].awaits);
    } else if (outlook[i].condition.truth != TREATY_TRUE) {
      text = tr_arena_print(run->arena, "%s\n  %s (%s:%u) waits:", text, outlook[i].clause,
                            outlook[i].file, outlook[i].line);
      text = missing_text(run, text, &outlook[i].condition, 0);
    }
  }
  return text;
}

/* ---- Expectations ---------------------------------------------------------------------------- */

static void expect_stage(scenario *run, const tr_test_step *step) {
  const tr_account *account;
  const tr_lead *lead = lead_of(run, &step->who, &account);
  const char *who = who_text(run, &step->who);
  if (!lead) {
    fail(run, step,
         tr_arena_print(run->arena, "expected %s at %s, but it has no lead", who, step->name.text));
    return;
  }
  const char *stage = run->program->stages[lead->stage].name;
  if (strcmp(stage, step->name.text) == 0) return;
  fail(run, step,
       tr_arena_print(run->arena, "expected %s at %s, but it is at %s%s", who, step->name.text,
                      stage, why_not(run, account, lead)));
}

/* Of what is decided about a person, and a step that names one: the same. */
static bool about_person(const treaty_decision *decision, const tr_who *who) {
  if (!decision->person.bytes || !who->person.text) return true;
  return decision->person.length == strlen(who->person.text) &&
         memcmp(decision->person.bytes, who->person.text, decision->person.length) == 0;
}

/* A quota is of a party, and may be of somebody of it. */
static bool about_party(const treaty_decision *decision, const tr_who *who) {
  const char *party = decision->from ? decision->from : decision->party;
  if (!who->account.text || strcmp(party, who->account.text) != 0) return false;
  return !who->person.text || (decision->rep && strcmp(decision->rep, who->person.text) == 0);
}

static bool about(const treaty_decision *decision, const tr_who *who) {
  if (decision->per) return about_party(decision, who);
  if (!about_person(decision, who)) return false;
  if (who->lead.text) {
    return decision->lead.length == strlen(who->lead.text) &&
           memcmp(decision->lead.bytes, who->lead.text, decision->lead.length) == 0;
  }
  return decision->account.length == strlen(who->account.text) &&
         memcmp(decision->account.bytes, who->account.text, decision->account.length) == 0;
}

static bool rests_on(const treaty_decision *decision, const char *fact) {
  for (size_t i = 0; i < decision->because_count; i++) {
    const char *name = decision->because[i].name, *dot = strchr(name, '.');
    if (strcmp(name, fact) == 0 || (dot && strcmp(dot + 1, fact) == 0)) return true;
  }
  return false;
}

static bool is_expected(scenario *run, const tr_test_step *step, const treaty_decision *decision) {
  const char *word = word_of(decision->kind), *target = target_of(decision);
  bool named = decision->kind == TREATY_DUTY_STARTED ? is_owed(decision, step->name.text)
                                                     : word && strcmp(word, step->name.text) == 0;
  if (!named || !about(decision, &step->who)) return false;
  if (step->play.text && strcmp(decision->name, step->play.text) != 0) return false;
  if (decision->kind == TREATY_LEAD_STAGE_CHANGED || decision->kind == TREATY_LEAD_OPENED)
    target = decision->to;
  if (step->to.text && (!target || strcmp(target, step->to.text) != 0)) return false;
  if (step->due && tr_zone_to_utc(run->program->zone, step->due->number) != decision->due_ms)
    return false;
  return !step->because.text || rests_on(decision, step->because.text);
}

/* "reminder", "play \"security brief\"" */
static const char *what_text(scenario *run, const tr_test_step *step) {
  if (!step->play.text) return step->name.text;
  return tr_arena_print(run->arena, "play \"%s\"", step->play.text);
}

static void expect_decision(scenario *run, const tr_test_step *step) {
  bool found = false;
  for (uint32_t i = 0; i < run->decided.count; i++) {
    if (!is_expected(run, step, &run->decided.items[i].decision)) continue;
    run->decided.items[i].expected = true;
    found = true;
    if (!step->no) break;
  }
  if (found != step->no) return;
  const char *to = step->to.text ? tr_arena_print(run->arena, " to %s", step->to.text) : "";
  const char *due =
      step->due
          ? tr_arena_print(run->arena, " due %s",
                           instant_text(run, tr_zone_to_utc(run->program->zone, step->due->number)))
          : "";
  const char *because =
      step->because.text ? tr_arena_print(run->arena, " because %s", step->because.text) : "";
  const tr_account *account;
  const tr_lead *lead = lead_of(run, &step->who, &account);
  fail(run, step,
       tr_arena_print(run->arena, "expected %s%s of %s%s%s%s; %s%s", step->no ? "no " : "",
                      what_text(run, step), who_text(run, &step->who), to, due, because,
                      decided_text(run), lead && !step->no ? why_not(run, account, lead) : ""));
}

static const char *expected_text(scenario *run, const tr_test_step *step) {
  if (step->type)
    return tr_show(run->engine, run->arena, step->type, value_of(run, step->type, step->value));
  if (step->value->kind == EXPR_TEXT) return step->value->text;
  if (step->value->kind == EXPR_NUMBER)
    return tr_arena_print(run->arena, "%lld", (long long)(step->value->number / 1000000));
  return step->value->kind == EXPR_NAME ? step->value->name.text : "unknown";
}

static tr_view view_of(scenario *run, const tr_who *who, const tr_account *account,
                       const tr_lead *lead) {
  tr_view view = {.account = account, .lead = lead};
  if (!who->person.text) return view;
  view.person = tr_person_find(run->engine, account, who->person.text, strlen(who->person.text));
  if (view.person && lead) view.member = tr_member_find(lead, view.person);
  return view;
}

/* "MQL", or the event of "amount of crm.deal_won" */
static bool counts(const treaty_decision *decision, const char *name) {
  const char *of = strstr(decision->name, " of ");
  return strcmp(of ? of + 4 : decision->name, name) == 0;
}

static const char *last_outcome(scenario *run, const tr_test_step *step) {
  for (uint32_t i = run->owed.count; i-- > 0;) {
    const treaty_decision *decision = &run->owed.items[i];
    if ((decision->per != NULL) != step->of_quota || !about(decision, &step->who)) continue;
    if (step->of_quota ? counts(decision, step->name.text) : is_owed(decision, step->name.text))
      return outcome_of(decision->kind);
  }
  bool runs =
      step->of_quota && tr_quotas_runs(run->engine, step->who.account.text, step->name.text);
  return outcome_of(runs ? TREATY_DUTY_STARTED : TREATY_DECISION_KIND_COUNT);
}

static const char *actual_text(scenario *run, const tr_test_step *step, const tr_account *account,
                               const tr_lead *lead) {
  if (step->of_duty) return last_outcome(run, step);
  tr_view view = view_of(run, &step->who, account, lead);
  if (strcmp(step->name.text, "reason") == 0 && !step->type)
    return run->last_reason ? run->last_reason : "unknown";
  if (strcmp(step->name.text, "version") == 0 && !step->type) {
    if (!lead || lead->agreement == TR_NONE) return "unknown";
    return tr_arena_print(run->arena, "%u", run->program->agreements[lead->agreement].version);
  }
  if (strcmp(step->name.text, "agreement") == 0 && !step->type) {
    if (!lead || lead->agreement == TR_NONE) return "unknown";
    return run->program->agreements[lead->agreement].name;
  }
  const char *value = tr_value_named(run->engine, view, step->name.text);
  return value ? value : "unknown";
}

static bool is_named(scenario *run, const tr_test_step *step, const tr_account *account) {
  if (account || step->of_quota) return true;
  fail(run, step,
       tr_arena_print(run->arena, "expected something of %s, which no event has named",
                      who_text(run, &step->who)));
  return false;
}

static void expect_value(scenario *run, const tr_test_step *step) {
  const tr_account *account;
  const tr_lead *lead = lead_of(run, &step->who, &account);
  if (!is_named(run, step, account)) return;
  const char *expected = expected_text(run, step), *actual = actual_text(run, step, account, lead);
  if (strcmp(expected, actual) == 0) return;
  const tr_symbol *symbol = tr_symbol_find(run->program->symbols, step->name);
  const char *why = "";
  if (symbol && symbol->kind == SYMBOL_CRITERION && lead) {
    why = tr_criterion_why(run->engine, run->arena, symbol->index,
                           (tr_view){.account = account, .lead = lead});
  }
  fail(run, step,
       tr_arena_print(run->arena, "expected %s of %s to be %s, but it is %s%s", step->name.text,
                      who_text(run, &step->who), expected, actual, why));
}

/* Whether every value that it can have lies in the range. */
static bool lies_in(scenario *run, const tr_test_step *step, tr_value value) {
  int64_t bound = value_of(run, step->type, step->value).low;
  if (value.known == UNKNOWN || step->value->kind == EXPR_UNKNOWN) return false;
  if (step->high) {
    return step->high->kind != EXPR_UNKNOWN && value.low >= bound &&
           value.high <= value_of(run, step->type, step->high).low;
  }
  switch (step->compare) {
    case COMPARE_LT: return value.high < bound;
    case COMPARE_LE: return value.high <= bound;
    case COMPARE_GT: return value.low > bound;
    default: return value.low >= bound;
  }
}

static void expect_range(scenario *run, const tr_test_step *step) {
  static const char *const signs[] = {
      [COMPARE_LT] = "<", [COMPARE_LE] = "<=", [COMPARE_GT] = ">", [COMPARE_GE] = ">="};
  const tr_account *account;
  const tr_lead *lead = lead_of(run, &step->who, &account);
  if (!is_named(run, step, account)) return;
  tr_view view = view_of(run, &step->who, account, lead);
  if (lies_in(run, step, tr_number_named(run->engine, view, step->name.text))) return;
  const char *bound = expected_text(run, step);
  const char *range = step->high ? tr_arena_print(run->arena, "between %s and %s", bound,
                                                  tr_show(run->engine, run->arena, step->type,
                                                          value_of(run, step->type, step->high)))
                                 : tr_arena_print(run->arena, "%s %s", signs[step->compare], bound);
  fail(run, step,
       tr_arena_print(run->arena, "expected %s of %s %s, but it is %s", step->name.text,
                      who_text(run, &step->who), range, actual_text(run, step, account, lead)));
}

/* ---- Contacts -------------------------------------------------------------------------------- */

static const char *permit_text(scenario *run, tr_permit permit) {
  if (permit.allowed) return "allowed";
  if (permit.from_ms == TR_NEVER) return "never";
  return tr_arena_print(run->arena, "not before %s", instant_text(run, permit.from_ms));
}

static const char *permit_expected(scenario *run, const tr_test_step *step) {
  if (step->value->kind != EXPR_DATETIME) return step->value->name.text;
  int64_t from_ms = tr_zone_to_utc(run->program->zone, step->value->number);
  return permit_text(run, (tr_permit){.from_ms = from_ms});
}

static void expect_contact(scenario *run, const tr_test_step *step) {
  const tr_account *account;
  const tr_lead *lead = lead_of(run, &step->who, &account);
  if (!is_named(run, step, account)) return;
  tr_view view = view_of(run, &step->who, account, lead);
  uint32_t party = tr_type_value(run->program->symbols->party_type, step->to.text);
  tr_permit permit = tr_contact_permit(run->engine, view, party, run->clock_ms);
  const char *expected = permit_expected(run, step), *actual = permit_text(run, permit);
  if (strcmp(expected, actual) == 0) return;
  const char *why = permit.clause ? tr_arena_print(run->arena, ": %s (%s:%u)", permit.clause->text,
                                                   permit.clause->file, permit.clause->line)
                                  : "";
  fail(run, step,
       tr_arena_print(run->arena, "expected contact of %s by %s to be %s, but it is %s%s",
                      who_text(run, &step->who), step->to.text, expected, actual, why));
}

static bool counts_as_else(treaty_decision_kind kind) {
  if (kind == TREATY_DUTY_STARTED) return true;
  return word_of(kind) && kind != TREATY_LEAD_OPENED && kind != TREATY_LEAD_STAGE_CHANGED;
}

static void expect_nothing(scenario *run, const tr_test_step *step) {
  for (uint32_t i = 0; i < run->decided.count; i++) {
    if (run->decided.items[i].expected || !counts_as_else(run->decided.items[i].decision.kind))
      continue;
    fail(run, step, tr_arena_print(run->arena, "expected nothing else; %s", decided_text(run)));
    return;
  }
}

static void run_step(scenario *run, const tr_test_step *step) {
  const tr_zone *zone = run->program->zone;
  switch (step->kind) {
    case TEST_CLOCK:
      let_time_pass(run, tr_zone_to_utc(zone, step->value->number));
      run->engine->memory.on_failure = run->program->memory.on_failure;
      tr_quotas_begin(run->engine);
      return;
    case TEST_AFTER: let_time_pass(run, run->clock_ms + step->value->number); return;
    case TEST_AT:
      if (tr_zone_to_utc(zone, step->value->number) < run->clock_ms)
        fail(run, step, "this instant has passed already: the clock never runs backwards");
      else
        let_time_pass(run, tr_zone_to_utc(zone, step->value->number));
      return;
    case TEST_ENTITY: give(run, step); return;
    case TEST_SEND: send_event(run, step); return;
    default: break;
  }
  run->result->expectations++;
  switch (step->kind) {
    case TEST_EXPECT_DECISION: expect_decision(run, step); return;
    case TEST_EXPECT_STAGE: expect_stage(run, step); return;
    case TEST_EXPECT_VALUE: expect_value(run, step); return;
    case TEST_EXPECT_RANGE: expect_range(run, step); return;
    case TEST_EXPECT_CONTACT: expect_contact(run, step); return;
    default: expect_nothing(run, step); return;
  }
}

static bool sent_again(void *context, uint64_t place, const treaty_event **event) {
  *event = ((scenario *)context)->sent.items[place];
  return true;
}

static void run_steps(scenario *run, const tr_test *test) {
  run->engine->options.history = (treaty_history){.event = sent_again, .context = run};
  for (uint32_t i = 0; i < test->steps.count; i++) {
    /* Looks between calls of the engine use its memory: one way out for both. */
    run->engine->memory.on_failure = run->program->memory.on_failure;
    run_step(run, &test->steps.items[i]);
  }
}

static const treaty_test_result *run_test(treaty_program *program, treaty_engine *engine,
                                          const tr_test *test) {
  scenario run = {.program = program, .arena = &program->arena, .engine = engine};
  run.result = TR_NEW(run.arena, treaty_test_result);
  run.result->name = test->name;
  run.result->place = tr_source_place(program->sources, test->span);
  run_steps(&run, test);
  run.result->failures = run.failures.items;
  run.result->failure_count = run.failures.count;
  return run.result;
}

/* ---- Tests that the checker makes up --------------------------------------------------------- */

static bool holds(scenario *run, const tr_code *code, const tr_account *account) {
  tr_eval eval = {.engine = run->engine, .now_ms = run->clock_ms, .until_ms = TR_NEVER};
  tr_view view = {.account = account, .lead = account->leads};
  return !code || tr_evaluate_truth(&eval, code, view) == TREATY_TRUE;
}

static bool shows(treaty_program *program, treaty_engine *engine, const tr_test *test,
                  const tr_code *const codes[2]) {
  treaty_test_result result = {0};
  scenario run = {
      .program = program, .arena = &program->arena, .engine = engine, .result = &result};
  run_steps(&run, test);
  if (run.failures.count > 0 || engine->account_count == 0) return false;
  engine->memory.on_failure = program->memory.on_failure;
  return holds(&run, codes[0], engine->accounts[0]) && holds(&run, codes[1], engine->accounts[0]);
}

bool tr_scenario_shows(treaty_program *program, const tr_test *test,
                       const tr_code *const codes[2]) {
  jmp_buf on_failure, *outer = program->memory.on_failure;
  treaty_engine *engine = NULL;
  treaty_engine *volatile made = NULL;
  volatile bool shown = false, failed = true;
  if (treaty_engine_new(program, NULL, &engine) != TREATY_OK) longjmp(*outer, 1);
  made = engine;
  program->memory.on_failure = &on_failure;
  if (setjmp(on_failure) == 0) {
    shown = shows(program, made, test, codes);
    failed = false;
  }
  program->memory.on_failure = outer;
  treaty_engine_free(made);
  if (failed) longjmp(*outer, 1);
  return shown;
}

treaty_status treaty_test_run(treaty_program *program, size_t index,
                              const treaty_test_result **result) {
  jmp_buf on_failure;
  treaty_engine *engine = NULL;
  treaty_engine *volatile made = NULL;
  *result = NULL;
  if (treaty_engine_new(program, NULL, &engine) != TREATY_OK) return TREATY_NO_MEMORY;
  made = engine;
  program->memory.on_failure = &on_failure;
  if (setjmp(on_failure) == 0)
    *result = run_test(program, made, program->symbols->tree->tests.items[index]);
  program->memory.on_failure = NULL;
  treaty_engine_free(made);
  return *result ? TREATY_OK : TREATY_NO_MEMORY;
}
