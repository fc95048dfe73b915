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

static bool instruction_asks_own(const tr_compile *c, const tr_instruction *i) {
  switch (i->op) {
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
    default: return true;
  }
}

static bool asks_own(const tr_compile *c, tr_code code) {
  for (uint32_t i = 0; i < code.count; i++) {
    if (!instruction_asks_own(c, &code.items[i])) return false;
  }
  return true;
}

void tr_compile_members(tr_compile *compile) {
  for (uint32_t i = 0; i < compile->codes.count; i++)
    compile->codes.items[i].of_member = asks_own(compile, compile->codes.items[i]);
}
