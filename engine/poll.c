/* poll.c - see poll.h. */
#include "engine/poll.h"

enum { SAYS_NOTHING, SAYS_NO, SAYS_OPEN, SAYS_YES };

struct tr_poll {
  struct tr_poll *next;
  const tr_code *code;
  tr_opcode op; /* of the values, or TR_OP_ANY: of the answers */
  const tr_account *account;
  uint64_t of; /* it stands as of then: engine->polls.now */
  int64_t now_ms, until_ms;
  uint32_t count, room; /* of leads */
  uint8_t *answers;     /* by ordinal - 1 */
  tr_answers all;
  tr_aggregate *before, *behind; /* by ordinal - 1, each with its own */
};

void tr_polls_open(treaty_engine *engine) {
  engine->polls.open = !engine->polls.never;
  engine->polls.now++;
}

void tr_polls_close(treaty_engine *engine) { engine->polls.open = false; }

static bool is_of_values(tr_opcode op) {
  return op == TR_OP_SUM || op == TR_OP_MAX || op == TR_OP_MIN;
}

static tr_poll *poll_of(treaty_engine *engine, tr_opcode op, const tr_code *code) {
  for (tr_poll *poll = engine->polls.items; poll; poll = poll->next) {
    if (poll->code == code && poll->op == op) return poll;
  }
  tr_poll *poll = tr_memory_alloc(&engine->memory, sizeof *poll);
  *poll = (tr_poll){.next = engine->polls.items, .code = code, .op = op};
  return engine->polls.items = poll;
}

static void make_room(treaty_engine *engine, tr_poll *poll, uint32_t count) {
  tr_memory *memory = &engine->memory;
  if (count <= poll->room) return;
  uint32_t old = poll->room, room = count + count / 2;
  if (is_of_values(poll->op)) {
    size_t size = sizeof *poll->before;
    poll->before = tr_memory_grow(memory, poll->before, size * old, size * room);
    poll->behind = tr_memory_grow(memory, poll->behind, size * old, size * room);
  } else {
    poll->answers = tr_memory_grow(memory, poll->answers, old, room);
  }
  poll->room = room;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

static void keep_answer(tr_poll *poll, uint32_t place, treaty_truth truth) {
  bool yes = truth == TREATY_TRUE, no = truth == TREATY_FALSE;
  poll->answers[place] = yes ? SAYS_YES : no ? SAYS_NO : SAYS_OPEN;
  poll->all.yes += yes;
  poll->all.no += no;
  poll->all.open += !yes && !no;
}

/* One that has been joined to another says nothing. */
static void ask(tr_eval *asking, tr_poll *poll, tr_view asker, const tr_lead *lead) {
  bool values = is_of_values(poll->op);
  uint32_t place = lead->ordinal - 1;
  if (values) poll->before[place] = tr_aggregate_none();
  if (!values) poll->answers[place] = SAYS_NOTHING;
  if (tr_lead_joined_into(lead)) return;
  asking->engine->polls.asked++;
  tr_value value = tr_evaluate(
      asking, poll->code,
      (tr_view){.account = asker.account, .lead = lead, .before = true, .outside = &asker});
  tr_eval_settle(asking, value);
  value.tally = NULL;
  if (values)
    poll->before[place] = tr_aggregate_of(asking, value);
  else
    keep_answer(poll, place, tr_truth_of(value));
}

static void join_values(const tr_eval *eval, tr_poll *poll) {
  uint32_t last = poll->count - 1;
  poll->behind[last] = poll->before[last];
  for (uint32_t i = last; i-- > 0;)
    poll->behind[i] = tr_aggregate_join(eval, poll->op, &poll->before[i], &poll->behind[i + 1]);
  for (uint32_t i = 1; i < poll->count; i++)
    poll->before[i] = tr_aggregate_join(eval, poll->op, &poll->before[i - 1], &poll->before[i]);
}

static void ask_all(const tr_eval *eval, tr_poll *poll, tr_view asker) {
  treaty_engine *engine = eval->engine;
  tr_eval asking = {.engine = engine,
                    .now_ms = eval->now_ms,
                    .until_ms = TR_NEVER,
                    .criteria_afresh = eval->criteria_afresh};
  make_room(engine, poll, asker.account->lead_count);
  poll->account = asker.account;
  poll->of = engine->polls.now;
  poll->now_ms = eval->now_ms;
  poll->count = asker.account->lead_count;
  poll->all = (tr_answers){0};
  for (const tr_lead *lead = asker.account->leads; lead; lead = lead->next)
    ask(&asking, poll, asker, lead);
  if (is_of_values(poll->op)) join_values(&asking, poll);
  poll->until_ms = asking.until_ms;
}

const tr_poll *tr_poll_take(tr_eval *eval, tr_opcode op, const tr_code *code, tr_view view) {
  treaty_engine *engine = eval->engine;
  if (!engine->polls.open || eval->trace || view.before || !view.account->crowd || code->of_asker)
    return NULL;
  tr_poll *poll = poll_of(engine, is_of_values(op) ? op : TR_OP_ANY, code);
  bool stands = poll->account == view.account && poll->of == engine->polls.now &&
                poll->now_ms == eval->now_ms && poll->count == view.account->lead_count;
  if (!stands) ask_all(eval, poll, view);
  if (poll->until_ms < eval->until_ms) eval->until_ms = poll->until_ms;
  return poll;
}

/* ---- All but one ----------------------------------------------------------------------------- */

tr_answers tr_poll_answers(const tr_poll *poll, const tr_lead *but) {
  tr_answers answers = poll->all;
  uint8_t own = but ? poll->answers[but->ordinal - 1] : SAYS_NOTHING;
  answers.yes -= own == SAYS_YES;
  answers.no -= own == SAYS_NO;
  answers.open -= own == SAYS_OPEN;
  return answers;
}

tr_aggregate tr_poll_values(const tr_eval *eval, const tr_poll *poll, const tr_lead *but) {
  if (!but) return poll->behind[0];
  uint32_t place = but->ordinal - 1;
  tr_aggregate none = tr_aggregate_none();
  const tr_aggregate *before = place > 0 ? &poll->before[place - 1] : &none,
                     *behind = place + 1 < poll->count ? &poll->behind[place + 1] : &none;
  return tr_aggregate_join(eval, poll->op, before, behind);
}
