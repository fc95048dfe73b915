/* compile_member.c - which conditions of quantifiers ask nothing but what a person and the member
 * have for themselves: their answers change only with these, and are kept (census.h). */
#include "engine/compile.h"
#include "engine/table.h"

static bool is_own(tr_entity entity) { return entity == ENTITY_PERSON || entity == ENTITY_MEMBER; }

static bool asks_own(const tr_compile *c, tr_code code);

static bool score_asks_own(const tr_compile *c, const tr_score_def *score) {
  for (uint32_t i = 0; i < score->rule_count; i++) {
    const tr_point_rule *rule = &score->rules[i];
    if (rule->when.count && !(asks_own(c, rule->when) && asks_own(c, rule->add))) return false;
  }
  return is_own(score->entity);
}

static bool table_asks_own(const tr_compile *c, const tr_table_def *table) {
  for (uint32_t i = 0; i < table->index->column_count; i++) {
    if (!asks_own(c, table->columns[i])) return false;
  }
  for (uint32_t i = 0; i < table->index->row_count; i++) {
    if (!asks_own(c, table->results[i])) return false;
  }
  return true;
}

/* Each instruction is named: of a new one the compiler asks which it is. */
static bool instruction_asks_own(const tr_compile *c, const tr_instruction *i) {
  switch ((tr_opcode)i->op) {
    case TR_OP_FACT: return is_own((tr_entity)i->b);
    case TR_OP_SCORE: return score_asks_own(c, &c->scores[i->b]);
    case TR_OP_COUNT:
    case TR_OP_SINCE: return is_own(c->windows.items[i->b].entity);
    case TR_OP_MEASURE: return is_own(c->measures.items[i->b].entity);
    case TR_OP_DEFINE: return asks_own(c, c->defines[i->b].code);
    case TR_OP_TABLE: return table_asks_own(c, &c->tables.items[i->b]);
    case TR_OP_EVENT:
    case TR_OP_EVENT_TIME:
    case TR_OP_STAGE:
    case TR_OP_OWNER:
    case TR_OP_REP:
    case TR_OP_OPENED_AT:
    case TR_OP_WON:
    case TR_OP_PHASE:
    case TR_OP_AGE:
    case TR_OP_TIMES_ENTERED:
    case TR_OP_DATE_ENTERED:
    case TR_OP_TIME_IN_STAGE:
    case TR_OP_PREVIOUS_REASON:
    case TR_OP_KEPT:
    case TR_OP_CRITERION:
    case TR_OP_ANY:
    case TR_OP_EVERY:
    case TR_OP_COUNT_WITH:
    case TR_OP_SUM:
    case TR_OP_MAX:
    case TR_OP_MIN:
    case TR_OP_OUTSIDE: return false;
    case TR_OP_CONST:
    case TR_OP_UNKNOWN:
    case TR_OP_LOOKUP:
    case TR_OP_NOT:
    case TR_OP_AND:
    case TR_OP_OR:
    case TR_OP_AT_LEAST:
    case TR_OP_SKIP_FALSE:
    case TR_OP_SKIP_TRUE:
    case TR_OP_SKIP_KNOWN:
    case TR_OP_EQ:
    case TR_OP_LT:
    case TR_OP_LE:
    case TR_OP_SAME_TEXT:
    case TR_OP_SAME_BYTES:
    case TR_OP_SAME_SET:
    case TR_OP_IN:
    case TR_OP_IN_LIST:
    case TR_OP_HAS:
    case TR_OP_HAS_TEXT:
    case TR_OP_STARTS_WITH:
    case TR_OP_ENDS_WITH:
    case TR_OP_CONTAINS:
    case TR_OP_WORDS:
    case TR_OP_MATCHES:
    case TR_OP_DOMAIN:
    case TR_OP_KNOWN:
    case TR_OP_KNOWN_SET:
    case TR_OP_ADD:
    case TR_OP_SUB:
    case TR_OP_MUL:
    case TR_OP_DIV:
    case TR_OP_SCALE:
    case TR_OP_NEGATE:
    case TR_OP_LARGER:
    case TR_OP_SMALLER:
    case TR_OP_LOWERED:
    case TR_OP_DAYS_UNTIL:
    case TR_OP_DATE_OF: return true;
    case TR_OPCODE_COUNT: break;
  }
  return false;
}

static bool asks_own(const tr_compile *c, tr_code code) {
  for (uint32_t i = 0; i < code.count; i++) {
    if (!instruction_asks_own(c, &code.items[i])) return false;
  }
  return true;
}

/* Definitions and criteria ask from their own lead; a group within a group does not. */
static bool asks_outside(const tr_compile *c, tr_code code) {
  for (uint32_t i = 0; i < code.count; i++) {
    uint32_t op = code.items[i].op;
    bool group = op == TR_OP_ANY || op == TR_OP_EVERY || op == TR_OP_COUNT_WITH ||
                 op == TR_OP_SUM || op == TR_OP_MAX || op == TR_OP_MIN;
    if (op == TR_OP_OUTSIDE) return true;
    if (group && asks_outside(c, c->codes.items[code.items[i].c])) return true;
  }
  return false;
}

void tr_compile_members(tr_compile *compile) {
  for (uint32_t i = 0; i < compile->codes.count; i++) {
    tr_code *code = &compile->codes.items[i];
    code->of_member = asks_own(compile, *code);
    code->of_asker = asks_outside(compile, *code);
  }
}
