/* agree.c - two evaluators on random treaties and random histories: whatever the engine says must
 * be what slow.c says.
 *
 *   agree [--rules N] [--histories N] [--seed N]
 *
 * After each thing that happens every field, score, definition and criterion of everybody is asked
 * of both. What they decide then, and whenever time could bring something, is put side by side: the
 * same decisions, in the same order, by the same clauses, with the same times. A difference is told
 * with the seed that repeats it, as a treaty and a feed of which all is left out that it does not
 * take.
 */
#include <assert.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decided.h"
#include "engine/evaluate.h"
#include "engine/step.h"
#include "history.h"
#include "invariants.h"
#include "seeds.h"
#include "sent.h"
#include "shrink.h"
#include "slow.h"
#include "words.h"

#define PERMITS_MS (40 * INT64_C(86400000))

enum { LEADS_MAX = 60, TEXT_BYTES = 64, WRONG_BYTES = 3 * DECIDED_BYTES };

/* ---- A run ----------------------------------------------------------------------------------- */

/* A lead as the decisions tell of it. */
typedef struct lead {
  char id[TEXT_BYTES];
  int account;
  int order; /* among the account's: adopted ones come behind */
  int64_t last_event_ms;
} lead;

/* Of what the histories so far are made. */
typedef struct tally {
  size_t decisions[TREATY_DECISION_KIND_COUNT];
  size_t histories, in_doubt;
} tally;

typedef struct run {
  const treaty_program *program;
  tally *tally; /* NULL: it does not count */
  treaty_engine *engine;
  invariants *invariants; /* of what the engine decides */
  slow *slow;
  sent sent[OPS_MAX];
  int numbers;
  lead leads[LEADS_MAX];
  int lead_count, orders;
  int64_t clock_ms, passed_ms; /* what time alone brings has come until then */
  bool in_doubt;               /* something hangs on the last digit of a score that halves */
  char wrong[WRONG_BYTES];     /* the first difference; "": none */
} run;

__attribute__((format(printf, 2, 3))) static void differ(run *run, const char *format, ...) {
  va_list arguments;
  if (run->wrong[0]) return;
  va_start(arguments, format);
  vsnprintf(run->wrong, sizeof run->wrong, format, arguments);
  va_end(arguments);
}

static treaty_text text_of(const char *text) {
  return (treaty_text){.bytes = text, .length = strlen(text)};
}
static bool is_text(treaty_text text, const char *other) {
  return text.length == strlen(other) && memcmp(text.bytes, other, text.length) == 0;
}

static bool event_again(void *context, uint64_t place, const treaty_event **event) {
  *event = &((run *)context)->sent[place].event;
  return true;
}

static void check_invariants(run *run) {
  const char *wrong = invariants_check(run->invariants);
  if (wrong) differ(run, "this does not hold: %s", wrong);
}

/* ---- What slow is told ----------------------------------------------------------------------- */

static int account_number(treaty_text id) { return is_text(id, "a1") ? 1 : 0; }

static int find_lead(const run *run, int account, treaty_text id) {
  for (int i = 0; i < run->lead_count; i++) {
    if (slow_account_of(run->slow, run->leads[i].account) == account &&
        is_text(id, run->leads[i].id))
      return i;
  }
  return SLOW_NONE;
}

static void name_lead(lead *lead, treaty_text id) {
  snprintf(lead->id, sizeof lead->id, "%.*s", (int)id.length, id.bytes);
}

/* A decision's event is the one that was sent last, unless time alone brought it. */
static slow_stamp stamp_of(const run *run, const treaty_decision *decision, bool by_time) {
  bool before = decision->seq < treaty_engine_seq(run->engine);
  return (slow_stamp){.time_ms = decision->time_ms,
                      .number = by_time || before ? SLOW_BY_TIME : run->numbers - 1};
}

static void take_note(run *run, const treaty_decision *decision, slow_stamp at, int *opened) {
  int account = slow_account_of(run->slow, account_number(decision->account));
  slow_stamp after = {.time_ms = decision->time_ms, .number = (int)decision->seq - 1};
  switch (decision->kind) {
    case TREATY_LEAD_OPENED: {
      assert(run->lead_count < LEADS_MAX);
      *opened = run->lead_count++;
      lead *lead = &run->leads[*opened];
      *lead = (struct lead){.account = account, .order = run->orders++, .last_event_ms = INT64_MIN};
      name_lead(lead, decision->lead);
      slow_open_lead(run->slow, *opened, account, at, after);
      return;
    }
    case TREATY_ACCOUNT_MERGED:
      slow_merge_accounts(run->slow, account, account_number(text_of(decision->from)));
      return;
    case TREATY_LEAD_ADOPTED:
      for (int i = 0; i < run->lead_count; i++) {
        if (run->leads[i].account == account_number(text_of(decision->from)) &&
            strcmp(run->leads[i].id, decision->name) == 0) {
          name_lead(&run->leads[i], decision->lead);
          run->leads[i].account = account;
          run->leads[i].order = run->orders++;
          slow_move_lead(run->slow, i, account);
          break;
        }
      }
      return;
    case TREATY_LEAD_JOINED: {
      int kept = find_lead(run, account, decision->lead),
          gone = find_lead(run, account, text_of(decision->from));
      slow_join_leads(run->slow, kept, gone);
      if (run->leads[gone].last_event_ms > run->leads[kept].last_event_ms)
        run->leads[kept].last_event_ms = run->leads[gone].last_event_ms;
      return;
    }
    case TREATY_EVENT_VOIDED:
      slow_void(run->slow, run->sent[strtol(decision->about_id.bytes + 1, NULL, 10)].number);
      return;
    default: return;
  }
}

/* ---- What is decided ------------------------------------------------------------------------- */

static void print_slow(const run *run, const slow_decision *said, char text[DECIDED_BYTES]) {
  const treaty_program *program = run->program;
  bool has_clause = said->span.to > 0;
  const tr_source *source = &program->sources->files.items[said->span.file];
  decided_print(&said->decision, run->leads[said->lead].id,
                has_clause ? tr_source_position(source, said->span.from).line : 0, text);
}

static void print_engine(const treaty_decision *decision, char text[DECIDED_BYTES]) {
  char lead[TEXT_BYTES];
  snprintf(lead, sizeof lead, "%.*s", (int)decision->lead.length, decision->lead.bytes);
  decided_print(decision, lead, decision->line, text);
}

/* Both have decided the same, in the same order. */
static void compare_decisions(run *run) {
  size_t count;
  int said_count, next = 0;
  char fast[DECIDED_BYTES], slow[DECIDED_BYTES];
  const treaty_decision *decisions = treaty_engine_decisions(run->engine, &count);
  const slow_decision *said = slow_decisions(run->slow, &said_count);
  run->in_doubt |= slow_is_in_doubt(run->slow);
  for (size_t i = 0; i < count && !run->in_doubt; i++) {
    if (!decided_by_clauses(&decisions[i])) continue;
    snprintf(slow, sizeof slow, "nothing");
    if (next < said_count) print_slow(run, &said[next++], slow);
    print_engine(&decisions[i], fast);
    if (run->tally) run->tally->decisions[decisions[i].kind]++;
    if (strcmp(fast, slow) != 0) differ(run, "the engine decides %s\nslow decides %s", fast, slow);
  }
  if (next == said_count || run->in_doubt) return;
  print_slow(run, &said[next], slow);
  differ(run, "the engine decides nothing\nslow decides %s", slow);
}

/* ---- What is known --------------------------------------------------------------------------- */

typedef struct who {
  tr_view view;
  slow_view slow;
} who;

static const char *told(run *run, const tr_type *type, tr_value value) {
  if (value.known == UNKNOWN && type->kind != TYPE_SET) return "unknown";
  if (type->kind == TYPE_TEXT) return words[value.low].text;
  return tr_show(run->engine, &run->engine->step, type, value);
}

static void tell_difference(run *run, const char *name, const tr_type *type, const who *who,
                            tr_value fast, tr_value slow) {
  char person[16] = "", lead[TEXT_BYTES + 16] = "";
  if (who->slow.person != SLOW_NONE) snprintf(person, sizeof person, " p%d", who->slow.person);
  if (who->slow.lead != SLOW_NONE)
    snprintf(lead, sizeof lead, " lead %s", run->leads[who->slow.lead].id);
  differ(run, "%s of a%d%s%s: the engine says %s, slow says %s", name, who->slow.account, person,
         lead, told(run, type, fast), told(run, type, slow));
}

static tr_value numbered(const run *run, tr_value text) {
  treaty_text bytes = tr_text_bytes(run->engine, text.low);
  text.low = text.high = words_find(bytes.bytes, bytes.length);
  return text;
}

/* Of a score that halves the last digit may be another one. */
static bool is_near(tr_value fast, slow_value slow) {
  if (fast.known == UNKNOWN || slow.known == SLOW_UNKNOWN) return false;
  return llabs(fast.low - slow.low) <= 2 && llabs(fast.high - slow.high) <= 2;
}

static void compare(run *run, const char *name, const tr_type *type, const who *who, tr_value fast,
                    slow_value slow) {
  if (type->kind == TYPE_TEXT && fast.known == KNOWN) fast = numbered(run, fast);
  if (type->kind == TYPE_SET) fast.known = slow.known = KNOWN; /* its values may be unknown */
  bool same = (int)fast.known == slow.known &&
              (fast.known == UNKNOWN || (fast.low == slow.low && fast.high == slow.high));
  if (slow.fuzzy && !same) same = type->kind == TYPE_TRUTH || is_near(fast, slow);
  if (same) return;
  tell_difference(run, name, type, who, fast,
                  (tr_value){.low = slow.low, .high = slow.high, .known = (uint8_t)slow.known});
}

static void compare_entity(run *run, tr_entity entity, const who *who) {
  static const tr_type number = {.kind = TYPE_NUMBER};
  const treaty_program *program = run->program;
  int64_t now_ms = run->engine->clock_ms;
  tr_eval eval = {
      .engine = run->engine, .now_ms = now_ms, .until_ms = TR_NEVER, .criteria_afresh = true};
  for (uint32_t i = 0; i < program->entities[entity].field_count; i++) {
    const tr_slot_field *field = &program->entities[entity].fields[i];
    const tr_entity_state *state = tr_view_state(who->view, entity);
    compare(run, field->name, field->type, who, tr_field_value(&eval, field, state),
            slow_field(run->slow, entity, i, who->slow, now_ms));
  }
  for (uint32_t i = 0; i < program->score_count; i++) {
    if (program->scores[i].entity != entity) continue;
    compare(run, program->scores[i].name, &number, who,
            tr_score_read(&eval, &program->scores[i], who->view),
            slow_score(run->slow, i, who->slow, now_ms));
  }
  for (uint32_t i = 0; i < program->define_count; i++) {
    if (program->defines[i].entity != entity) continue;
    compare(run, program->defines[i].name, program->defines[i].type, who,
            tr_evaluate(&eval, &program->defines[i].code, who->view),
            slow_define(run->slow, i, who->slow, now_ms));
  }
}

/* As it was when it was looked at last: nothing that has changed since may have been missed. */
static void compare_criteria(run *run, const tr_lead *lead, const who *who) {
  static const tr_type truth = {.kind = TYPE_TRUTH};
  /* What time brings at an instant comes after all events of that instant. */
  if (lead->until_ms <= run->engine->clock_ms) return;
  for (uint32_t i = 0; i < run->program->criterion_count && !lead->closed; i++) {
    uint8_t stand = lead->stands[i];
    tr_value fast = {.known = stand == STAND_UNKNOWN ? UNKNOWN : KNOWN,
                     .low = stand == STAND_TRUE,
                     .high = stand == STAND_TRUE};
    slow_value slow = slow_criterion(run->slow, i, who->slow, run->engine->clock_ms);
    if (!slow.fuzzy) compare(run, run->program->criteria[i].name, &truth, who, fast, slow);
  }
}

static void compare_kept(run *run, const who *who) {
  for (uint32_t i = 0; i < run->program->kept_count; i++) {
    compare(run, run->program->kept[i].name, run->program->kept[i].type, who,
            tr_kept_now(i, who->view), slow_kept(run->slow, i, who->slow));
  }
}

/* What was said of it, and of each phase that it has come to how it was entered. */
static void compare_phases(run *run, const tr_lead *lead, const who *who) {
  const tr_type *phases = run->program->phase_type;
  int phase = phases ? slow_phase(run->slow, who->slow) : 0;
  tr_value fast = tr_known_value(phases ? tr_phase_now(run->engine, lead) : 0),
           said = tr_known_value(lead->phase_said);
  slow_value slow = {.known = SLOW_KNOWN, .low = phase, .high = phase};
  if (!phases) return;
  compare(run, "phase", phases, who, fast, slow);
  if (!lead->closed) compare(run, "phase said", phases, who, said, slow);
  for (int i = 1; i <= phase; i++) {
    bool observed = tr_phase_stands(run->engine, lead, (uint32_t)i) == PHASE_OBSERVED;
    if (observed == slow_phase_is_observed(run->slow, i, who->slow)) continue;
    differ(run, "%s of a%d lead %s: the engine says %s, slow not", phases->values.items[i].text,
           who->slow.account, run->leads[who->slow.lead].id, observed ? "observed" : "inferred");
  }
}

/* Whether a party may contact somebody now; if not, when, if nothing happens: not before. */
static void compare_permit(run *run, const who *who, uint32_t party) {
  int64_t now_ms = run->engine->clock_ms, limit_ms = now_ms + PERMITS_MS;
  const char *name = run->program->parties[party];
  tr_permit permit = tr_contact_permit(run->engine, who->view, party, now_ms);
  bool allowed = slow_may_contact(run->slow, who->slow, name, now_ms);
  int64_t from_ms = now_ms;
  while (!allowed && from_ms < limit_ms) {
    from_ms = slow_next_look(run->slow, from_ms);
    if (permit.from_ms > now_ms && permit.from_ms < from_ms) from_ms = permit.from_ms;
    if (slow_may_contact(run->slow, who->slow, name, from_ms)) break;
  }
  if (from_ms >= limit_ms) from_ms = TREATY_NEVER; /* as far as one looks */
  if (permit.from_ms >= limit_ms) permit.from_ms = TREATY_NEVER;
  if (permit.allowed == allowed && (allowed || permit.from_ms == from_ms)) return;
  differ(run,
         "contact of a%d p%d by %s: the engine says %s, from %" PRId64 ", slow %s, from %" PRId64,
         who->slow.account, who->slow.person, name, permit.allowed ? "yes" : "no", permit.from_ms,
         allowed ? "yes" : "no", from_ms);
}

static void compare_permits(run *run, const tr_account *account, const who *who) {
  if (run->program->over_limit == TR_NONE || who->view.lead->closed) return;
  for (uint32_t party = 0; party < run->program->party_count; party++) {
    compare_permit(run, who, party);
    for (uint32_t i = 0; i < account->person_count; i++) {
      struct who person = *who;
      person.view.person = account->persons[i].person;
      person.view.member = tr_member_find(who->view.lead, person.view.person);
      person.slow.person = person.view.person->id->bytes[1] - '0';
      compare_permit(run, &person, party);
    }
  }
}

static void compare_lead(run *run, const tr_account *account, const tr_lead *lead, who who) {
  who.slow.lead = find_lead(run, who.slow.account, tr_id_text(lead->id));
  if (slow_lead_of(run->slow, who.slow.lead) != who.slow.lead) return; /* joined to another */
  who.view.lead = lead;
  compare_entity(run, ENTITY_LEAD, &who);
  compare_kept(run, &who);
  compare_phases(run, lead, &who);
  compare_criteria(run, lead, &who);
  compare_permits(run, account, &who);
  for (uint32_t i = 0; i < lead->member_count; i++) {
    struct who member = who;
    member.view.member = &lead->members[i];
    member.view.person = lead->members[i].person;
    member.slow.person = lead->members[i].person->id->bytes[1] - '0';
    if (slow_is_member(run->slow, who.slow.lead, member.slow.person))
      compare_entity(run, ENTITY_MEMBER, &member);
  }
}

static void compare_all(run *run) {
  slow_recount(run->slow, run->passed_ms);
  for (int i = 0; i < 2 && !run->wrong[0]; i++) {
    const tr_account *account = tr_account_find(run->engine, sent_accounts[i], 2);
    if (!account || slow_account_of(run->slow, i) != i) continue;
    who who = {.view = {.account = account},
               .slow = {.account = i, .person = SLOW_NONE, .lead = SLOW_NONE}};
    compare_entity(run, ENTITY_ACCOUNT, &who);
    for (uint32_t k = 0; k < account->person_count; k++) {
      struct who person = who;
      person.view.person = account->persons[k].person;
      person.slow.person = person.view.person->id->bytes[1] - '0';
      compare_entity(run, ENTITY_PERSON, &person);
    }
    for (const tr_lead *lead = account->leads; lead; lead = lead->next)
      compare_lead(run, account, lead, who);
  }
}

/* ---- What happens ---------------------------------------------------------------------------- */

/* Where an event goes that opens no lead. */
static int bound_lead(const run *run, const op *op, const sent *sent, int account) {
  int found = SLOW_NONE;
  bool of_lead = op->kind == SEND || op->kind == DECIDE || op->kind == STAFF;
  if (!of_lead || account == SLOW_NONE)
    return SLOW_NONE; /* what is said about others is nobody's event */
  if (op->lead >= 0) return slow_lead_of(run->slow, find_lead(run, account, text_of(sent->lead)));
  for (int i = 0; i < run->lead_count; i++) {
    const lead *lead = &run->leads[i];
    if (!slow_is_open(run->slow, i) || slow_account_of(run->slow, lead->account) != account)
      continue;
    const struct lead *best = &run->leads[found == SLOW_NONE ? i : found];
    if (found == SLOW_NONE || lead->last_event_ms > best->last_event_ms ||
        (lead->last_event_ms == best->last_event_ms && lead->order < best->order))
      found = i;
  }
  return found;
}

static void note_decisions(run *run, bool by_time, int *opened) {
  size_t count;
  const treaty_decision *decisions = treaty_engine_decisions(run->engine, &count);
  for (size_t i = 0; i < count; i++)
    take_note(run, &decisions[i], stamp_of(run, &decisions[i], by_time), opened);
}

/* The next instant at which one of the two looks at something. */
static int64_t next_look(const run *run, int64_t until_ms) {
  int64_t fast_ms = treaty_engine_next_ms(run->engine),
          slow_ms = slow_next_look(run->slow, run->passed_ms);
  int64_t next_ms = fast_ms < slow_ms ? fast_ms : slow_ms;
  return next_ms < until_ms ? next_ms : until_ms;
}

static void pass_time(run *run, int64_t now_ms) {
  int nothing;
  if (now_ms > run->clock_ms) run->clock_ms = now_ms;
  if (treaty_engine_advance(run->engine, run->clock_ms) != TREATY_OK) abort();
  run->passed_ms = run->clock_ms;
  check_invariants(run);
  note_decisions(run, true, &nothing);
  slow_pass(run->slow, run->clock_ms);
  compare_decisions(run);
}

/* Instant by instant. */
static void wait_until(run *run, int64_t clock_ms) {
  if (clock_ms <= run->clock_ms) return;
  while (run->passed_ms < clock_ms && !run->wrong[0] && !run->in_doubt)
    pass_time(run, next_look(run, clock_ms));
}

/* Leads that time closes before the event are closed for it. */
static void send(run *run, const op *op, int number) {
  sent *sent = &run->sent[number];
  treaty_refusal refusal;
  int opened = SLOW_NONE;
  sent_fill(sent, run->program, op, number);
  if (op->time_ms > run->clock_ms) wait_until(run, op->time_ms - 1);
  if (op->time_ms > run->clock_ms) run->clock_ms = op->time_ms;
  /* what the last event has made overdue comes before this one */
  if (treaty_engine_next_ms(run->engine) < run->clock_ms) pass_time(run, run->clock_ms);
  if (run->clock_ms == run->passed_ms) run->clock_ms++; /* what was waited for is over */
  bool of_people = op->kind == STAFF && op->type < TAKEN;
  int account = of_people ? SLOW_NONE : slow_account_of(run->slow, op->account),
      bound = bound_lead(run, op, sent, account);
  if (treaty_engine_event(run->engine, &sent->event, run->clock_ms, &refusal) != TREATY_OK) abort();
  sent->number = run->numbers++;
  sent->clock_ms = run->clock_ms;
  check_invariants(run);
  size_t count;
  const treaty_decision *decisions = treaty_engine_decisions(run->engine, &count);
  if (count > 0 && decisions[0].kind == TREATY_LEAD_OPENED) opened = bound = run->lead_count;
  slow_add(
      run->slow, &sent->event, op->time_ms,
      (slow_view){
          .account = account, .person = op->kind == SEND ? op->person : SLOW_NONE, .lead = bound});
  if (run->clock_ms - 1 > run->passed_ms) run->passed_ms = run->clock_ms - 1;
  note_decisions(run, false, &opened);
  if (of_people)
    slow_people_event(run->slow, sent->number);
  else
    slow_step(run->slow, slow_account_of(run->slow, account), sent->number, run->clock_ms);
  compare_decisions(run);
  if (bound != SLOW_NONE && op->time_ms > run->leads[bound].last_event_ms)
    run->leads[bound].last_event_ms = op->time_ms;
}

static void send_again(run *run, int other) {
  treaty_refusal refusal;
  const sent *sent = &run->sent[other];
  if (!sent->event.type || sent->number < 0) return;
  uint64_t seq = treaty_engine_seq(run->engine);
  treaty_status status = treaty_engine_event(run->engine, &sent->event, run->clock_ms, &refusal);
  if (status != TREATY_REPEATED || treaty_engine_seq(run->engine) != seq)
    differ(run, "event e%d, sent again, was not taken for a repeat", other);
}

static void do_op(run *run, const history *history, int number) {
  const op *op = &history->ops[number];
  if (op->kind == WAIT)
    wait_until(run, op->time_ms);
  else if (op->kind == AGAIN)
    send_again(run, op->other);
  else
    send(run, op, number);
}

/* ---- Once more ------------------------------------------------------------------------------- */

static treaty_engine *new_engine(run *run) {
  treaty_engine_options options = {.future_skew_ms = -1,
                                   .history = {.event = event_again, .context = run}};
  treaty_engine *made;
  if (treaty_engine_new(run->program, &options, &made) != TREATY_OK) abort();
  return made;
}

static void do_again(const op *op, const sent *sent, treaty_engine *engine) {
  treaty_refusal refusal;
  treaty_status status = TREATY_OK;
  if (op->kind == WAIT)
    status = op->time_ms > engine->clock_ms ? treaty_engine_advance(engine, op->time_ms) : status;
  else if (op->kind != AGAIN)
    status = treaty_engine_event(engine, &sent->event, sent->clock_ms, &refusal);
  if (status != TREATY_OK) abort();
}

/* A replay decides the same: from event to event, though the first run went from instant to
 * instant; and with other snapshots. */
static void replay(run *run, const history *history) {
  treaty_engine *engine = new_engine(run);
  invariants *invariants = invariants_new(engine);
  for (int i = 0; i < history->count; i++) {
    if (history->left_out[i]) continue;
    do_again(&history->ops[i], &run->sent[i], engine);
    if (history->ops[i].kind != AGAIN) (void)invariants_check(invariants);
  }
  if (invariants_hash(invariants) != invariants_hash(run->invariants))
    differ(run, "a replay decides otherwise");
  invariants_free(invariants);
  treaty_engine_free(engine);
}

/* ---- A history ------------------------------------------------------------------------------- */

/* false: they differ, and *wrong tells how. */
static bool agree(const treaty_program *program, const history *history, char wrong[WRONG_BYTES],
                  tally *tally) {
  jmp_buf on_failure;
  run *run = calloc(1, sizeof *run);
  run->program = program;
  run->tally = tally;
  run->slow = slow_new(program);
  run->clock_ms = run->passed_ms = INT64_MIN;
  run->engine = new_engine(run);
  run->invariants = invariants_new(run->engine);
  run->engine->snapshots.every = 1; /* histories are short */
  if (setjmp(on_failure) != 0) abort();
  for (int i = 0; i < history->count && !run->wrong[0]; i++) {
    if (history->left_out[i]) continue;
    do_op(run, history, i);
    if (run->in_doubt) break;
    if (run->engine->clock_ms == INT64_MIN) continue;
    run->engine->memory.on_failure = &on_failure;
    compare_all(run);
    run->engine->memory.on_failure = NULL;
  }
  if (!run->wrong[0] && !run->in_doubt) replay(run, history);
  memcpy(wrong, run->wrong, sizeof run->wrong);
  if (tally) tally->histories++;
  if (tally) tally->in_doubt += run->in_doubt;
  bool same = !run->wrong[0];
  invariants_free(run->invariants);
  treaty_engine_free(run->engine);
  slow_free(run->slow);
  free(run);
  return same;
}

/* ---- Telling --------------------------------------------------------------------------------- */

/* Needs an agreement, and all kinds of events that the history does. */
static bool can_happen(const treaty_program *program, const history *history) {
  if (program->agreement_count == 0) return false;
  for (int i = 0; i < history->count; i++) {
    const op *op = &history->ops[i];
    const char *type = history_event_type(op);
    if (history->left_out[i] || op->kind == AGAIN || op->kind == WAIT) continue;
    if (!treaty_program_event_type(program, type, strlen(type))) return false;
  }
  return true;
}

static bool differs(const char *text, void *context) {
  const history *history = context;
  char wrong[WRONG_BYTES];
  treaty_program *program = rules_load(text, false);
  bool shows = program && can_happen(program, history) && !agree(program, history, wrong, NULL);
  treaty_program_free(program);
  return shows;
}

static void leave_out_ops(const char *text, history *history) {
  for (int i = history->count; i-- > 0;) {
    if (history->left_out[i]) continue;
    history->left_out[i] = true;
    if (!differs(text, history)) history->left_out[i] = false;
  }
}

static void tell(const char *text, history *history, uint64_t seed) {
  char wrong[WRONG_BYTES];
  leave_out_ops(text, history);
  char *small = shrink_treaty(text, differs, history);
  leave_out_ops(small, history);
  treaty_program *program = rules_load(small, true);
  agree(program, history, wrong, NULL);
  printf("%s\n", small);
  history_print(history);
  printf("\n%s\nagree --seed %" PRIu64 " --rules 1 shows it\n", wrong, seed);
  treaty_program_free(program);
  free(small);
}

/* ---- The whole ------------------------------------------------------------------------------- */

static bool try_rules(const seeds *seeds, uint64_t seed, void *context) {
  dice dice = {.state = seed};
  char *text = rules_random(&dice, true), wrong[WRONG_BYTES];
  treaty_program *program = rules_load(text, true);
  bool fine = program != NULL;
  if (!program) printf("%s\nseed %" PRIu64 ": these rules do not check\n", text, seed);
  for (int i = 0; i < seeds->histories && fine; i++) {
    history history = history_random(&dice);
    fine = agree(program, &history, wrong, context);
    if (!fine) tell(text, &history, seed);
  }
  treaty_program_free(program);
  free(text);
  return fine;
}

/* Kinds that no history brought about are told, too: nothing was compared of them. */
static void tell_tally(const tally *tally) {
  size_t count = 0;
  for (int i = 0; i < TREATY_DECISION_KIND_COUNT; i++) count += tally->decisions[i];
  printf("%zu decisions of %zu histories, %zu of these given up in doubt:\n", count,
         tally->histories, tally->in_doubt);
  for (int i = 0; i < TREATY_DECISION_KIND_COUNT; i++) {
    treaty_decision one = {.kind = (treaty_decision_kind)i};
    if (decided_by_clauses(&one))
      printf("%9zu %s\n", tally->decisions[i], treaty_decision_type(one.kind));
  }
}

int main(int argc, char **argv) {
  seeds seeds = seeds_of(argc, argv, 200);
  tally tally = {0};
  if (!seeds_try(&seeds, try_rules, &tally)) return 1;
  tell_tally(&tally);
  printf("%" PRIu64 " rule sets with %d histories each agree, seeds from %" PRIu64 "\n",
         seeds.rules, seeds.histories, seeds.first);
  return 0;
}
