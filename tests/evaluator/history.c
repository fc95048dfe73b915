/* history.c - see history.h. */
#include "history.h"

#include "grammar/civil.h"
#include "words.h"

#define MINUTE_MS    INT64_C(60000)
#define HALF_HOUR_MS (30 * MINUTE_MS)
#define BEGIN_MS     INT64_C(1772442000000) /* 2026-03-02T09:00Z */

/* ---- At random ------------------------------------------------------------------------------- */

static int64_t lateness(dice *dice) {
  switch (dice_roll(dice, 6)) {
    case 0: return dice_roll(dice, 120) * MINUTE_MS;
    case 1: return dice_roll(dice, 420) * MINUTE_MS; /* beyond the horizon of three hours */
    default: return 0;
  }
}

static void fill_in(dice *dice, op *op) {
  for (int i = 0; i < RULES_FIELDS; i++) {
    op->present[i] = !dice_one_in(dice, 4);
    op->values[i] = dice_roll(dice, rules_values[i]);
  }
}

static op_kind kind_of(dice *dice, int before) {
  int roll = dice_roll(dice, 38);
  if (before == 0 || roll < 20) return SEND;
  if (roll >= 30) return roll < 35 ? DECIDE : STAFF;
  return roll < 22 ? AGAIN : roll < 24 ? VOID : roll == 24 ? MERGE : roll == 25 ? JOIN : WAIT;
}

static void decide(dice *dice, op *op) {
  static const char *const parties[] = {"desk", "desk", "desk", "shop",
                                        "shop", "shop", "yard", NULL},
                           *const stages[] = {"good", "gone",    "gone", "park",
                                              "took", "nowhere", NULL},
                           *const reasons[] = {"dull", "dull", "tired", "because", NULL};
  op->type = dice_one_in(dice, 3)   ? HELD
             : dice_one_in(dice, 2) ? MOVED
                                    : dice_roll(dice, DECIDE_KINDS);
  op->says[SAYS_PARTY] = DICE_PICK(dice, parties);
  op->says[SAYS_TO] = op->type == OFFERED ? DICE_PICK(dice, parties) : DICE_PICK(dice, stages);
  if (op->type == MOVED && !dice_one_in(dice, 3)) { /* what some clause may allow */
    static const char *const likely[][2] = {
        {"desk", "good"}, {"desk", "park"}, {"desk", "gone"}, {"shop", "gone"}};
    int at = dice_roll(dice, 4);
    op->says[SAYS_PARTY] = likely[at][0];
    op->says[SAYS_TO] = likely[at][1];
  }
  op->says[SAYS_REASON] = DICE_PICK(dice, reasons);
  if (dice_one_in(dice, 2)) op->until_ms = op->time_ms + dice_roll(dice, 20) * HALF_HOUR_MS;
}

static void staff(dice *dice, op *op) {
  static const char *const reps[] = {"jo", "jo", "mia", "mia", "kai", "kai", "zoe", "sam", NULL},
                           *const teams[] = {"north", "north", "north", "south", "none", NULL};
  op->type = dice_one_in(dice, 3) ? PASSED : dice_roll(dice, STAFF_KINDS);
  op->says[SAYS_REP] = DICE_PICK(dice, reps);
  op->says[SAYS_TEAM] = DICE_PICK(dice, teams);
  if (op->type == PASSED) op->says[SAYS_NEXT] = DICE_PICK(dice, reps);
  op->says[SAYS_REASON] = dice_one_in(dice, 3) ? NULL : "because";
  op->since_ms = op->until_ms = 0;
  if (dice_one_in(dice, 3)) op->since_ms = op->time_ms + (dice_roll(dice, 300) - 60) * MINUTE_MS;
  if (!dice_one_in(dice, 4)) op->until_ms = op->time_ms + dice_roll(dice, 30) * HALF_HOUR_MS;
}

history history_random(dice *dice) {
  history made = {.count = 6 + dice_roll(dice, OPS_MAX - 5)};
  int64_t at_ms = BEGIN_MS;
  for (int i = 0; i < made.count; i++) {
    op *op = &made.ops[i];
    at_ms += dice_one_in(dice, 5) ? 0 : dice_roll(dice, 90) * MINUTE_MS + dice_roll(dice, 3);
    if (dice_one_in(dice, 16)) at_ms += 1440 * MINUTE_MS;
    if (dice_one_in(dice, 60)) at_ms += 4 * 1440 * MINUTE_MS;
    /* what is due comes due at the very instants of events */
    if (dice_one_in(dice, 3)) at_ms = (at_ms / HALF_HOUR_MS + 1) * HALF_HOUR_MS;
    op->kind = kind_of(dice, i);
    op->time_ms = op->kind == WAIT ? at_ms : at_ms - lateness(dice);
    op->account = dice_roll(dice, 3) / 2;
    op->person = dice_roll(dice, 4) - 1;
    op->lead = dice_one_in(dice, 3) ? dice_roll(dice, 2) : -1;
    op->type = dice_one_in(dice, 5) ? RULES_TAKE : dice_roll(dice, RULES_EVENTS);
    op->other = i > 0 ? dice_roll(dice, i) : 0;
    fill_in(dice, op);
    if (op->kind == DECIDE) decide(dice, op);
    if (op->kind == STAFF) staff(dice, op);
  }
  return made;
}

/* ---- As a feed ------------------------------------------------------------------------------- */

const char *history_event_type(const op *op) {
  static const char *const decided[DECIDE_KINDS] = {"lead.moved", "lead.held", "lead.released",
                                                    "lead.offered"};
  static const char *const staffed[STAFF_KINDS] = {"rep.joined", "rep.absent", "rep.left",
                                                   "lead.taken", "lead.passed"};
  switch (op->kind) {
    case STAFF: return staffed[op->type];
    case VOID: return "event.voided";
    case MERGE: return "identity.merged";
    case JOIN: return "leads.joined";
    case DECIDE: return decided[op->type];
    default: return rules_events[op->type];
  }
}

static void print_value(int field, int value) {
  static const char *const kinds[] = {"x", "y", "z"}, *const ranks[] = {"low", "mid", "high"},
                           *const roles[] = {"user", "chief", "buyer"};
  const char *comma = "";
  char date[TR_TIME_TEXT_BYTES];
  switch (field) {
    case 0: printf("%d", value); return;
    case 1: printf("\"%s\"", kinds[value]); return;
    case 2: printf(value ? "true" : "false"); return;
    case 3: printf("\"%s\"", ranks[value]); return;
    case 5:
      tr_format_date(rules_value(field, value).integer, date);
      printf("\"%s\"", date);
      return;
    case 6: printf("\"%s\"", words[value].text); return;
    default: break;
  }
  printf("[");
  for (int i = 0; i < 3; i++) {
    if (!(value >> i & 1)) continue;
    printf("%s\"%s\"", comma, roles[i]);
    comma = ",";
  }
  printf("]");
}

static void print_decided(const op *op) {
  static const char *const names[SAYS] = {"party", "to", "reason"};
  const char *comma = "";
  for (int i = 0; i < SAYS; i++) {
    bool has_it = i != SAYS_TO || op->type == MOVED || op->type == OFFERED;
    if (!op->says[i] || !has_it) continue;
    printf("%s\"%s\":\"%s\"", comma, names[i], op->says[i]);
    comma = ",";
  }
  if (op->type != HELD || !op->until_ms) return;
  char time[TR_TIME_TEXT_BYTES];
  tr_format_instant(op->until_ms, time);
  printf("%s\"until\":\"%s\"", comma, time);
}

static void print_instant(const char *comma, const char *name, int64_t instant_ms) {
  char time[TR_TIME_TEXT_BYTES];
  if (!instant_ms) return;
  tr_format_instant(instant_ms, time);
  printf("%s\"%s\":\"%s\"", comma, name, time);
}

static void print_staffed(const op *op) {
  const char *rep = op->says[SAYS_REP], *team = op->says[SAYS_TEAM];
  if (op->type == TAKEN) return;
  if (op->type == PASSED) {
    printf("\"to\":");
    printf(team ? "\"%s\"" : "null%s", team ? team : "");
    if (op->says[SAYS_REASON]) printf(",\"reason\":\"%s\"", op->says[SAYS_REASON]);
    return;
  }
  printf("\"rep\":");
  printf(rep ? "\"%s\"" : "null%s", rep ? rep : "");
  if (op->type == REP_JOINED && team) printf(",\"team\":\"%s\"", team);
  if (op->type != REP_ABSENT) return;
  print_instant(",", "since", op->since_ms);
  print_instant(",", "until", op->until_ms);
}

static void print_payload(const op *op) {
  const char *comma = "";
  printf(",\"data\":{");
  for (int i = 0; op->kind == SEND && i < RULES_FIELDS; i++) {
    if (!op->present[i]) continue;
    printf("%s\"%s\":", comma, rules_fields[i]);
    print_value(i, op->values[i]);
    comma = ",";
  }
  if (op->kind == DECIDE) print_decided(op);
  if (op->kind == STAFF) print_staffed(op);
  if (op->kind == VOID) printf("\"source\":\"/s\",\"id\":\"e%d\"", op->other);
  if (op->kind == MERGE) printf("\"kept\":\"a%d\",\"gone\":\"a%d\"", op->account, !op->account);
  if (op->kind == JOIN) printf("\"kept\":\"L0\",\"gone\":\"L1\"");
  printf("}}\n");
}

static void print_op(const op *op, int number) {
  char time[TR_TIME_TEXT_BYTES];
  bool waits = op->kind == WAIT;
  tr_format_instant(op->time_ms + waits, time);
  printf(
      "{\"specversion\":\"1.0\",\"id\":\"e%d\",\"source\":\"/s\",\"type\":\"%s\",\"time\":\"%s\"",
      number, waits ? rules_events[0] : history_event_type(op), time);
  if (waits) {
    printf(",\"account\":\"elsewhere\"}\n");
    return;
  }
  bool of_account = op->kind != STAFF || op->type >= TAKEN;
  if (of_account) printf(",\"account\":\"a%d\"", op->account);
  if (op->kind == STAFF && op->type >= TAKEN && op->says[SAYS_REP])
    printf(",\"actor\":\"%s\"", op->says[SAYS_REP]);
  if (op->kind == SEND && op->person >= 0) printf(",\"person\":\"p%d\"", op->person);
  bool of_lead = op->kind == SEND || op->kind == DECIDE || (op->kind == STAFF && of_account);
  if (of_lead && op->lead >= 0) printf(",\"lead\":\"L%d\"", op->lead);
  print_payload(op);
}

void history_print(const history *history) {
  for (int i = 0; i < history->count; i++) {
    const op *op = &history->ops[i];
    if (history->left_out[i]) continue;
    if (op->kind == AGAIN)
      print_op(&history->ops[op->other], op->other);
    else
      print_op(op, i);
  }
}
