/* parser.y - the grammar of the Treaty language: it builds the tree and nothing else.
 *
 * Rules stand in the order of the language reference. Names, types and duplicates are the checker's.
 * There are no line ends in the grammar: an item or clause ends where the next one begins, which is why their
 * openers are words that no expression can go on with. After an error the feeder (parse.c) skips to the next
 * clause, entry or item and gives RECOVER: the places with `lost` below are such. */
%require "3.8"
%expect 0
%locations
%define api.pure full
%define api.prefix {tr_grammar_}
%define api.token.prefix {W_}
%define api.location.type {tr_span}
%define parse.error custom
%define parse.lac full
%param { tr_parse *parse }

%code requires {
#include "grammar/build.h"
#include "grammar/keywords.h"
#include "grammar/near.h"
#include "grammar/parse.h"
#include "grammar/slip.h"
}

%code top {
#include <string.h>
}

%code {
#define YYLLOC_DEFAULT(whole, right, count)                                                  \
  do {                                                                                       \
    if (count) (whole) = tr_span_join(YYRHSLOC(right, 1), YYRHSLOC(right, count));           \
    else (whole) = (tr_span){YYRHSLOC(right, 0).file, YYRHSLOC(right, 0).to, YYRHSLOC(right, 0).to}; \
  } while (0)
/* On the C stack: only what nests deeper than this asks for memory of its own. */
#define YYINITDEPTH 2000
#define YYMAXDEPTH 100000

int tr_feed(TR_GRAMMAR_STYPE *value, tr_span *span, tr_parse *parse);
#define tr_grammar_lex tr_feed
static void tr_grammar_error(const tr_span *span, tr_parse *parse, const char *message);
}

%union {
  tr_token_value token;
  int64_t number;
  bool flag;
  tr_entity entity;
  tr_group group;
  tr_expr_kind kind;
  tr_compare compare;
  tr_name name;
  tr_names *names;
  tr_expr *expr;
  tr_exprs *exprs;
  tr_type *type;
  tr_field *field;
  tr_fields *fields;
  tr_rows *rows;
  tr_table *table;
  tr_table_row *table_row;
  tr_table_cell cell;
  tr_table_test cell_test;
  tr_actions *actions;
  tr_pattern pattern;
  tr_patterns *patterns;
  tr_points *points;
  tr_score *score;
  tr_event_decl *event;
  tr_phase *phase;
  tr_phases *phases;
  tr_stage *stage;
  tr_stages *stages;
  tr_days_hours *hours;
  tr_calendar_decl *calendar;
  tr_agreement *agreement;
  tr_clause *clause;
  tr_keep keep;
  tr_keeps *keeps;
  tr_step *step;
  tr_steps *steps;
  tr_terms *terms;
  tr_within within;
  tr_duty_decl *duty;
  tr_quota_decl *quota;
  tr_power *power;
  tr_power way;
  tr_limit_decl *limit;
  tr_play_decl *play;
  tr_play_offer *play_offer;
  tr_play_match match;
  tr_play_matches *matches;
  tr_team_decl *team;
  tr_team_rule team_rule;
  tr_rep_decl *rep;
  tr_whom whom;
  tr_whoms *whoms;
  tr_turn turn;
  tr_who who;
  tr_givens *givens;
  tr_test *test;
  tr_test_step *test_step;
}

%token <token> NAME "a name" STRING "a text" NUMBER_VALUE "a number" DATE_VALUE "a date"
%token <token> DATETIME "a date and time" TIME_OF_DAY "a time of day"
%token <token> BUSINESS_DAYS "business days" UNIT "a unit of time" WEEKDAY "a day of the week" CURRENCY "a currency"
%token ARROW "'->'" FAT_ARROW "'=>'" DASH "'–'" NOT_EQUAL "'!='"
%token LESS_OR_EQUAL "'<='" GREATER_OR_EQUAL "'>='" UNDERSCORE "'_'"
%token RECOVER "the next clause"

/* keywords.h, in its order: reserved, then soft */
%token <token> ABSENT "absent" ACCEPTED "accepted" ACTIVE "active" ADD "add" AFTER "after" AGREEMENT "agreement"
%token <token> ALL "all" AND "and" ANY "any" APPLIES "applies" ARE "are" AROUND "around" AS "as" ASSIGN "assign"
%token <token> AT "at" BECAUSE "because" BEFORE "before" BETWEEN "between" BIND "bind" BY "by" CALENDAR "calendar"
%token <token> CATALOGUE "catalogue" CONTAINS "contains" CRITERION "criterion" DEFINE "define" ELSE "else" ENDS "ends"
%token <token> ENTERED "entered" ENTERING "entering" ESCALATE "escalate" EVER "ever" EVERY "every" EXACTLY "exactly"
%token <token> EXCEPT "except" EXPECT "expect" FALSE "false" FOR "for" FORGET "forget" FROM "from" HAND "hand"
%token <token> HAS "has" IF "if" IN "in" IS "is" KEEP "keep" KEYED "keyed" KNOWN "known" LARGER "larger" LAST "last"
%token <token> LATE "late" LEAST "least" LIMIT "limit" LOWER "lower" LOWERED "lowered" MATCHES "matches" MAY "may"
%token <token> MEMBERS "members" MOST "most" MOVE "move" NEVER "never" NO "no" NOT "not" OF "of" ON "on" ONCE "once"
%token <token> OPEN "open" OR "or" OTHERWISE "otherwise" OWES "owes" OWNED "owned" PHASES "phases" PLAY "play"
%token <token> PROMOTE "promote" RAISE "raise" REASSIGN "reassign" REJECTED "rejected" REMIND "remind" REMOVE "remove"
%token <token> RESPOND "respond" RETURN "return" SCORE "score" SEND "send" SENT "sent" SETUP "setup" SIGNAL "signal"
%token <token> SINCE "since" SMALLER "smaller" STAGES "stages" STARTING "starting" STARTS "starts" TABLE "table"
%token <token> TELL "tell" THAN "than" THE "the" THEN "then" TIME "time" TO "to" TRUE "true" UNKNOWN "unknown"
%token <token> UNLESS "unless" UNTIL "until" USE "use" WHEN "when" WHERE "where" WHILE "while" WITH "with"
%token <token> WITHDRAWN "withdrawn" WITHIN "within" WITHOUT "without"

%token <token> ABOUT "about" ACCOUNT "account" ACTIVITY "activity" ACTOR "actor" AGE "age" ASK "ask" BACK "back"
%token <token> BECOMES "becomes" BEGINS "begins" BELOW "below" BUSINESS "business" BUYER "buyer" CASE "case"
%token <token> CATCHING "catching" CLOCK "clock" CLOSED "closed" CONTACT "contact" COUNT "count" COUNTS "counts"
%token <token> DATE "date" DECAY "decay" DOMAIN "domain" DUE "due" DURATION "duration" EACH "each" EARLIEST "earliest"
%token <token> EVENT "event" EVENTS "events" EXPIRES "expires" FEWEST "fewest" FIRST "first" FIXED "fixed" FLAG "flag"
%token <token> FORCE "force" FROZEN "frozen" GOES "goes" HALVES "halves" HOLD "hold" HOLIDAYS "holidays"
%token <token> IGNORED "ignored" KNOW "know" LATEST "latest" LEAD "lead" LEADS "leads" LIST "list" LOSES "loses"
%token <token> LOST "lost" MATCHING "matching" MAX "max" MEMBER "member" MET "met" MIN "min" MONEY "money" MORE "more"
%token <token> NONE "none" NOTHING "nothing" NUMBER "number" OFFER "offer" ONE "one" ONLY "only" OPENED "opened"
%token <token> OTHER "other" OTHERS "others" OVERRIDE "override" OWED "owed" PARTY "party" PASS "pass" PAUSES "pauses"
%token <token> PEOPLE "people" PER "per" PERSON "person" PICK "pick" POINTS "points" PREVIOUS "previous"
%token <token> REASON "reason" REFUSED "refused" REP "rep" RESET "reset" SAME "same" SAY "say" SCALE "scale"
%token <token> SENDS "sends" SET "set" SHADOW "shadow" SHARES "shares" SIGNED "signed" SKIP "skip" SOURCE "source"
%token <token> STAGE "stage" STOPPED "stopped" SUM "sum" TEAM "team" TEST "test" TEXT "text" TIMES "times"
%token <token> TURNS "turns" TYPE "type" UNKNOWNS "unknowns" UNMET "unmet" UP "up" VERSION "version" WHOLE "whole"
%token <token> WON "won" ZONE "zone"

%type <token> soft reserved
%type <name> name noun subject word dotted type_ref key_name reason_opt label id what except_opt target
%type <name> setup_opt zone_opt fixed_opt actor_opt
%type <names> names names_and words value_names steps_of_scale
%type <number> to_opt duration day days in_last pauses_most business
%type <entity> entity of_opt contacted
%type <group> group one_group
%type <kind> text_operator
%type <compare> compare order
%type <flag> contact_opt
%type <type> type
%type <field> field
%type <fields> fields fields_opt fields_block
%type <rows> rows case_rows
%type <table> table_by table_rows
%type <table_row> table_row cells
%type <cell> cell cell_tests
%type <cell_test> cell_test
%type <expr> expr or_expr and_expr not_expr comparison otherwise sum product unary postfix primary literal
%type <expr> cell_value case_first outcome test_time test_span where_opt when_opt signed_number value key
%type <expr> starting_opt reset_to contact_answer with_opt quota_sum
%type <exprs> exprs values keys columns case_row
%type <pattern> pattern signal_pattern
%type <patterns> signal_patterns
%type <actions> actions action
%type <points> points point_limits
%type <score> score_head score_body
%type <event> event_head
%type <phase> phase_entry
%type <phases> phase_entries
%type <stage> stage_entry
%type <stages> stage_entries
%type <hours> hours
%type <calendar> calendar_body closures
%type <agreement> agreement_head agreement_body signatures
%type <clause> clause hand
%type <keep> keep
%type <keeps> keeps
%type <step> step
%type <steps> step_actions
%type <terms> steps steps_opt
%type <within> within
%type <duty> owed duty duty_after
%type <quota> quota
%type <power> power
%type <way> way
%type <limit> limit
%type <play> play play_lines
%type <play_offer> play_offer
%type <match> match
%type <matches> matches
%type <team> team team_said
%type <team_rule> team_rule
%type <rep> rep
%type <whom> whom
%type <whoms> whoms
%type <turn> turn
%type <who> who sender from_opt
%type <givens> givens givens_block givens_opt
%type <test> test_body
%type <test_step> test_step expectation of_whom decided

%%

file: items;

items: %empty | items item { tr_build_item(parse, @2); };

item: lost;

/* Text that an error or a construct of a later version makes unreadable. The checker does not miss what it may
 * have declared: one cause, one error. */
lost: error RECOVER { yyerrok; tr_build_lost(parse, @1, @2); };

/* ---- Names: a soft word may be a name anywhere, any word behind a dot or as a field -------------------- */

noun: subject
    | EACH { $$ = tr_build_name(@1, $1.text); }
    | REASON { $$ = tr_build_name(@1, $1.text); }
    | REP { $$ = tr_build_name(@1, $1.text); };
/* Who begins a clause: not `each`, `reason` or `rep`, for what is before it may be `per month each rep`
 * or `previous reason`. */
subject: NAME { $$ = tr_build_name(@1, $1.text); }
       | soft { $$ = tr_build_name(@1, $1.text); };
name: noun
    | UNIT { $$ = tr_build_name(@1, $1.text); }
    | WEEKDAY { $$ = tr_build_name(@1, $1.text); }
    | CURRENCY { $$ = tr_build_name(@1, $1.text); };
word: name
    | reserved { $$ = tr_build_name(@1, $1.text); };
dotted: name
      | dotted '.' word { $$ = tr_build_dotted(parse, @$, $1, $3); };
names: name { $$ = tr_build_names(parse, NULL, $1); }
     | names ',' name { $$ = tr_build_names(parse, $1, $3); };
names_and: names
         | names AND name { $$ = tr_build_names(parse, $1, $3); };
words: dotted { $$ = tr_build_names(parse, NULL, $1); }
     | words ',' dotted { $$ = tr_build_names(parse, $1, $3); };
id: name
  | STRING { $$ = tr_build_name(@1, $1.text); };

/* Where a name is declared: a reserved word is taken, and said to be one. */
label: name
     | reserved { $$ = tr_build_reserved(parse, @1, $1.text); };

/* ---- use "std/bant"   zone "Europe/Berlin"   late events up to 7 days ---------------------------------- */

item: USE STRING { tr_build_use(parse, @2, $2.text); }
    | ZONE STRING { tr_build_zone(parse, @2, $2.text); }
    | LATE EVENTS UP TO duration { tr_build_late(parse, @$, $5); };

duration: NUMBER_VALUE UNIT { $$ = tr_build_duration(parse, @$, $1.number, $2.number); };

/* ---- party marketing   contact head_of_sales of sales "vertriebsleitung@example.com" ------------------- */

item: PARTY label { tr_build_party(parse, $2); }
    | CONTACT label OF name STRING { tr_build_contact(parse, $2, $4, $5.text); };

/* ---- account { industry text, employees whole number }   type size as scale (small < large) ------------ */

item: entity '{' fields_opt '}' { tr_build_block(parse, @1, $1, $3); }
    | TYPE label AS type { tr_build_type_decl(parse, $2, $4); };

entity: ACCOUNT { $$ = ENTITY_ACCOUNT; }
      | PERSON { $$ = ENTITY_PERSON; }
      | LEAD { $$ = ENTITY_LEAD; }
      | MEMBER { $$ = ENTITY_MEMBER; };

fields_block: '{' fields_opt '}' { $$ = $2; };
fields_opt: %empty { $$ = NULL; }
          | lost { $$ = NULL; }
          | fields;
fields: field { $$ = tr_build_fields(parse, NULL, $1); }
      | fields ',' field { $$ = tr_build_fields(parse, $1, $3); };
field: word type starting_opt { $$ = tr_build_field(parse, $1, NULL, $2, $3); }
     | STRING AS word type starting_opt { $$ = tr_build_field(parse, $3, $1.text, $4, $5); };
starting_opt: %empty { $$ = NULL; }
            | STARTING AT value { $$ = $3; };

type: TEXT { $$ = tr_build_type(parse, @$, TYPE_TEXT); }
    | NUMBER { $$ = tr_build_type(parse, @$, TYPE_NUMBER); }
    | WHOLE NUMBER { $$ = tr_build_type(parse, @$, TYPE_WHOLE); }
    | FLAG { $$ = tr_build_type(parse, @$, TYPE_TRUTH); }
    | DATE { $$ = tr_build_type(parse, @$, TYPE_DATE); }
    | TIME { $$ = tr_build_type(parse, @$, TYPE_TIME); }
    | DURATION { $$ = tr_build_type(parse, @$, TYPE_DURATION); }
    | BUSINESS DURATION { $$ = tr_build_type(parse, @$, TYPE_BUSINESS); }
    | MONEY IN CURRENCY { $$ = tr_build_money(parse, @$, $3); }
    | REP { $$ = tr_build_type(parse, @$, TYPE_REP); }
    | STAGE { $$ = tr_build_type(parse, @$, TYPE_STAGE); }
    | ONE OF '(' value_names ')' { $$ = tr_build_type_of(parse, @$, TYPE_ONE_OF, $4); }
    | SCALE '(' steps_of_scale ')' { $$ = tr_build_type_of(parse, @$, TYPE_SCALE, $3); }
    | SET OF '(' value_names ')' { $$ = tr_build_type_of(parse, @$, TYPE_SET, $4); }
    | SET OF type_ref { $$ = tr_build_set_of(parse, @$, $3); }
    | LIST OF TEXT { $$ = tr_build_type(parse, @$, TYPE_TEXTS); }
    | type_ref { $$ = tr_build_type_named(parse, @$, $1); };
type_ref: NAME { $$ = tr_build_name(@1, $1.text); }
        | type_ref '.' word { $$ = tr_build_dotted(parse, @$, $1, $3); };
value_names: label { $$ = tr_build_names(parse, NULL, $1); }
           | value_names ',' label { $$ = tr_build_names(parse, $1, $3); };
steps_of_scale: label { $$ = tr_build_names(parse, NULL, $1); }
              | steps_of_scale '<' label { $$ = tr_build_names(parse, $1, $3); };

/* ---- list free_mail "gmail.com", "gmx.de"
        catalogue offers keyed by name { name text, complexity std.complexity  "press line" -> high } ------ */

item: LIST label values { tr_build_list(parse, $2, $3); }
    | LIST label FROM STRING { tr_build_list_from(parse, $2, tr_build_path(@4, $4.text)); }
    | CATALOGUE label KEYED BY names '{' fields rows '}' { tr_build_catalogue(parse, $2, $5, $7, $8, (tr_use){0}); }
    | CATALOGUE label KEYED BY names '{' fields rows '}' FROM STRING {
        tr_build_catalogue(parse, $2, $5, $7, $8, tr_build_path(@11, $11.text)); };
rows: %empty { $$ = NULL; }
    | rows keys arrow values { $$ = tr_build_row(parse, @$, $1, $2, $4); }
    | rows lost { $$ = $1; };
arrow: ARROW
     | FAT_ARROW { tr_parse_wrong(parse, @1, "'=>' is not part of the language", "Write '->'."); };
keys: key { $$ = tr_build_exprs(parse, NULL, $1); }
    | keys ',' key { $$ = tr_build_exprs(parse, $1, $3); };
key: literal
   | key_name { $$ = tr_build_ref(parse, @$, $1); }
   | UNDERSCORE { $$ = tr_build_expr(parse, EXPR_ERROR, @$); };
key_name: noun
        | key_name '.' word { $$ = tr_build_dotted(parse, @$, $1, $3); };
values: value { $$ = tr_build_exprs(parse, NULL, $1); }
      | values ',' value { $$ = tr_build_exprs(parse, $1, $3); };

/* ---- event web.form_submitted by buyer { form text, "utm-source" as utm text }
        source "/crm" sends crm.lead_accepted, crm.deal_won ---------------------------------------------- */

item: event_head { tr_build_event(parse, $1, NULL); }
    | event_head fields_block { tr_build_event(parse, $1, $2); }
    | EVENTS WITHOUT ACCOUNT target { tr_build_without_account(parse, $4); }
    | SOURCE id SENDS words { tr_build_source(parse, $2, $4); };
target: ARE IGNORED { $$ = tr_build_name(@2, $2.text); }
      | ARE REFUSED { $$ = tr_build_name(@2, $2.text); };
event_head: EVENT dotted BY name contact_opt { $$ = tr_build_event_head(parse, $2, NULL, $4, $5); }
          | EVENT STRING AS dotted BY name contact_opt { $$ = tr_build_event_head(parse, $4, $2.text, $6, $7); };
contact_opt: %empty { $$ = false; }
           | ',' CONTACT { $$ = true; };

/* ---- bind account by domain of event.email, except free_mail ------------------------------------------- */

item: BIND entity BY otherwise except_opt { tr_build_bind(parse, @$, $2, $4, $5); };
except_opt: %empty { $$ = (tr_name){0}; }
          | ',' EXCEPT name { $$ = $3; };

/* ---- on web.form_submitted where form = "demo" { set person.title to event.title } ---------------------- */

item: ON pattern '{' actions '}' { tr_build_learn(parse, @$, $2, $4); };
pattern: dotted where_opt { $$ = (tr_pattern){.event = $1, .where = $2}; };
where_opt: %empty { $$ = NULL; }
         | WHERE expr { $$ = $2; };
actions: %empty { $$ = NULL; }
       | actions action { $$ = tr_build_actions(parse, $1, $2); };
action: SET dotted TO otherwise { $$ = tr_build_action(parse, @$, ACTION_SET, $2, $4); }
      | ADD value TO dotted { $$ = tr_build_action(parse, @$, ACTION_ADD, $4, $2); }
      | REMOVE value FROM dotted { $$ = tr_build_action(parse, @$, ACTION_REMOVE, $4, $2); }
      | SET dotted TO otherwise FOR duration {
          $$ = tr_build_action_for(parse, @$, tr_build_action(parse, @$, ACTION_SET, $2, $4), $6); }
      | SET FIRST dotted TO otherwise { $$ = tr_build_action(parse, @$, ACTION_SET_FIRST, $3, $5); }
      | LOWER dotted BY NUMBER_VALUE { $$ = tr_build_action_step(parse, @$, ACTION_LOWER, $2, $4.number); }
      | RAISE dotted BY NUMBER_VALUE { $$ = tr_build_action_step(parse, @$, ACTION_RAISE, $2, $4.number); }
      | FORGET dotted { $$ = tr_build_action(parse, @$, ACTION_FORGET, $2, NULL); }
      | lost { $$ = NULL; };

/* ---- signal pricing_interest on web.page_viewed where path starts with "/pricing", on …
        signal answer on form within 3 days after mail by the same person   signal quiet when no visit for 5 days
        signal big of account when employees >= 250 begins ------------------------------------------------- */

item: SIGNAL label signal_patterns { tr_build_signal(parse, $2, $3); }
    | SIGNAL label signal_patterns WITHIN duration AFTER dotted BY THE SAME entity {
        tr_build_sequence(parse, $2, $3, $5, $7, @11, $11); }
    | SIGNAL label of_opt WHEN NO dotted FOR duration { tr_build_absence(parse, $2, $3, $6, $8); }
    | SIGNAL label of_opt WHEN expr BEGINS { tr_build_begins(parse, $2, $3, $5); };
of_opt: %empty { $$ = ENTITY_LEAD; }
      | OF entity { $$ = $2; };
signal_patterns: ON signal_pattern { $$ = tr_build_patterns(parse, NULL, $2); }
               | signal_patterns ',' ON signal_pattern { $$ = tr_build_patterns(parse, $1, $4); };
signal_pattern: pattern
              | ANY BUYER EVENT where_opt { $$ = tr_build_any_buyer(tr_span_join(@1, @3), $4); };

/* ---- score engagement of person, from 0 to 100 { halves every 30 days  on demo_request add 25, once } --- */

item: score_head '{' score_body '}' { tr_build_score(parse, $1, $3); };
score_head: SCORE label OF entity { $$ = tr_build_score_head(parse, $2, $4, NULL, NULL); }
          | SCORE label OF entity ',' FROM signed_number TO signed_number {
              $$ = tr_build_score_head(parse, $2, $4, $7, $9); }
          | SCORE label OF entity ',' AT MOST signed_number { $$ = tr_build_score_head(parse, $2, $4, NULL, $8); }
          | SCORE label OF entity ',' NEVER BELOW signed_number {
              $$ = tr_build_score_head(parse, $2, $4, $8, NULL); $$->floors = true; };
signed_number: NUMBER_VALUE { $$ = tr_build_number(parse, @$, EXPR_NUMBER, $1.number); }
             | '-' NUMBER_VALUE { $$ = tr_build_number(parse, @$, EXPR_NUMBER, -$2.number); };
score_body: %empty { $$ = tr_build_score_body(parse); }
          | score_body HALVES EVERY duration { $$ = tr_build_halves(parse, @3, $1, $4); }
          | score_body points { $$ = tr_build_points(parse, $1, $2); }
          | score_body EXPIRES AFTER duration { $$ = tr_build_expires(parse, @2, $1, $4); }
          | score_body COUNTS ONLY WHILE expr { $$ = tr_build_counts(parse, @2, $1, $5); }
          | score_body FROZEN WHILE expr { $$ = tr_build_frozen(parse, @2, $1, $4, false); }
          | score_body FROZEN WHILE expr ',' DECAY GOES ON { $$ = tr_build_frozen(parse, @2, $1, $4, true); }
          | score_body lost { $$ = $1; };
points: ON dotted ADD otherwise point_limits { $$ = tr_build_points_on(parse, @$, $2, $4, $5); }
      | ON dotted RESET reset_to { $$ = tr_build_points_reset(parse, @$, POINTS_RESET, $2, $4); }
      | ON ENTERING name RESET reset_to { $$ = tr_build_points_reset(parse, @$, POINTS_ENTERING, $3, $5); }
      | LOSES NUMBER_VALUE AFTER duration WITHOUT ACTIVITY point_limits {
          $$ = tr_build_loses(parse, @$, @2, $2.number, $4, $7); }
      | WHEN expr ADD otherwise { $$ = tr_build_points_when(parse, @$, $2, $4); };
reset_to: %empty { $$ = NULL; }
        | TO signed_number { $$ = $2; };
point_limits: %empty { $$ = NULL; }
            | point_limits ',' ONCE { $$ = tr_build_once(parse, $1, 0); }
            | point_limits ',' ONCE IN duration { $$ = tr_build_once(parse, $1, $5); }
            | point_limits ',' AT MOST ONCE IN duration { $$ = tr_build_once(parse, $1, $7); }
            | point_limits ',' AT MOST sum IN duration { $$ = tr_build_at_most(parse, $1, $5, $7); }
            | point_limits ',' AT MOST sum PER CALENDAR UNIT zone_opt {
                $$ = tr_build_per_day(parse, $1, $5, @8, $8.number, $9); };
zone_opt: %empty { $$ = (tr_name){0}; }
        | IN STRING { $$ = tr_build_name(@2, $2.text); };

/* ---- define complexity of lead as offers(lead.offer).complexity ---------------------------------------- */

item: DEFINE label OF entity AS expr fixed_opt { tr_build_define(parse, $2, $4, NULL, $6, $7); }
    | DEFINE label OF entity type AS expr fixed_opt { tr_build_define(parse, $2, $4, $5, $7, $8); }
    | DEFINE label OF entity type { tr_build_define(parse, $2, $4, $5, NULL, (tr_name){0}); };
fixed_opt: %empty { $$ = (tr_name){0}; }
         | FIXED AT dotted { $$ = $3; };

/* ---- table base_uncertainty of lead std.uncertainty by complexity, purchase_kind { high, _ -> high } --- */

item: TABLE label OF entity table_by '{' table_rows '}' { tr_build_table(parse, $2, $4, NULL, $5, $7); }
    | TABLE label OF entity type table_by '{' table_rows '}' { tr_build_table(parse, $2, $4, $5, $6, $8); };
table_by: BY columns { $$ = tr_build_table_by(parse, $2, false); }
        | BY columns ',' EACH CASE ONCE { $$ = tr_build_table_by(parse, $2, true); };
columns: otherwise { $$ = tr_build_exprs(parse, NULL, $1); }
       | columns ',' otherwise { $$ = tr_build_exprs(parse, $1, $3); };
table_rows: %empty { $$ = tr_build_table_rows(parse); }
          | table_rows table_row { $$ = tr_build_table_add(parse, $1, $2); }
          | table_rows lost { $$ = tr_build_table_broken($1); };
table_row: cells arrow value { $$ = tr_build_table_row(@$, $1, $3); };
cells: cell { $$ = tr_build_table_cells(parse, NULL, $1); }
     | cells ',' cell { $$ = tr_build_table_cells(parse, $1, $3); };
cell: UNDERSCORE { $$ = (tr_table_cell){.span = @$, .any = true}; }
    | cell_tests;
cell_tests: cell_test { $$ = tr_build_table_cell(parse, @$, (tr_table_cell){0}, $1); }
          | cell_tests OR cell_test { $$ = tr_build_table_cell(parse, @$, $1, $3); };
cell_test: cell_value { $$ = tr_build_table_test(@$, COMPARE_EQ, $1); }
         | compare cell_value { $$ = tr_build_table_test(@$, $1, $2); }
         | cell_value TO cell_value { $$ = tr_build_table_test(@$, COMPARE_EQ, $1); $$.to = $3; }
         | KNOWN { $$ = tr_build_table_test(@$, COMPARE_NE, NULL); }
         | UNKNOWN { $$ = tr_build_table_test(@$, COMPARE_EQ, NULL); };
/* A name that no number before it could be counted in: what stands before it may be a row's value. */
cell_value: literal
          | '-' NUMBER_VALUE { $$ = tr_build_number(parse, @$, EXPR_NUMBER, -$2.number); }
          | '-' NUMBER_VALUE CURRENCY { $$ = tr_build_amount(parse, @$, -$2.number, $3); }
          | noun { $$ = tr_build_ref(parse, @$, $1); };

/* ---- criterion budget "Is there a budget?"   criterion budget met when lead.budget >= 25000 EUR --------- */

item: CRITERION label STRING { tr_build_criterion(parse, @$, $2, $3.text, NULL, NULL); }
    | CRITERION label MET WHEN expr { tr_build_criterion(parse, @$, $2, NULL, $5, NULL); }
    | CRITERION label MET WHEN expr UNMET WHEN expr { tr_build_criterion(parse, @$, $2, NULL, $5, $8); };

/* ---- phases of lead { awareness  evaluation entered on demo_request  decision entered when … } ----------- */

item: PHASES OF LEAD '{' phase_entries '}' { tr_build_phases(parse, @1, $5); };
phase_entries: %empty { $$ = tr_build_phase_entries(parse); }
             | phase_entries phase_entry { $$ = tr_build_phase_add(parse, $1, $2); }
             | phase_entries lost { $$ = $1; };
phase_entry: subject { $$ = tr_build_phase(parse, @1, $1, NULL, NULL); }
           | subject ENTERED ON words { $$ = tr_build_phase(parse, tr_span_join(@2, @4), $1, $4, NULL); }
           | subject ENTERED WHEN expr { $$ = tr_build_phase(parse, tr_span_join(@2, @4), $1, NULL, $4); };

/* ---- stages { inquiry owned by marketing, opened by (demo_request)  customer owned by sales, won } ------ */

item: STAGES '{' stage_entries '}' { tr_build_stages(parse, @1, $3); };
stage_entries: %empty { $$ = tr_build_stage_entries(parse); }
             | stage_entries stage_entry { $$ = tr_build_stage_add(parse, $1, $2); }
             | stage_entries lost { $$ = $1; };
stage_entry: label OWNED BY name { $$ = tr_build_stage(parse, $1, $4); }
           | stage_entry ',' WON { $$ = $1; $$->won = true; }
           | stage_entry ',' LOST { $$ = $1; $$->lost = true; }
           | stage_entry ',' OPENED BY '(' words ')' { $$ = $1; $$->opened_by = *$6; }
           | stage_entry ',' REASON ONE OF '(' value_names ')' { $$ = $1; $$->reasons = *$7; };

/* ---- calendar munich { mon to thu 09:00 to 12:30, 13:00 to 17:30  holidays "holidays/de-by.ics" } -------- */

item: CALENDAR label '{' calendar_body '}' { tr_build_calendar(parse, $2, $4); };
calendar_body: %empty { $$ = tr_build_calendar_body(parse); }
             | calendar_body hours { $$ = tr_build_calendar_hours(parse, $1, $2); }
             | calendar_body ZONE STRING { $$ = $1; $$->zone = tr_build_name(@3, $3.text); }
             | calendar_body CLOSED ON closures { $$ = tr_build_closed(parse, $1, $4); }
             | calendar_body HOLIDAYS STRING { $$ = tr_build_holidays(parse, $1, tr_build_path(@3, $3.text)); }
             | calendar_body lost { $$ = $1; };
hours: days TIME_OF_DAY up_to TIME_OF_DAY { $$ = tr_build_hours(parse, @$, $1, $2.number, $4.number); }
     | hours ',' TIME_OF_DAY up_to TIME_OF_DAY { $$ = tr_build_more_hours(parse, $1, $3.number, $5.number); };
days: day
    | WEEKDAY up_to WEEKDAY { $$ = tr_build_weekdays($1.number, $3.number); }
    | EVERY UNIT { $$ = tr_build_every_day(parse, @2, $2.number); }
    | days ',' day { $$ = $1 | $3; };
day: WEEKDAY { $$ = tr_build_weekdays($1.number, $1.number); };
up_to: TO
     | '-' { tr_slip_range(parse, @1); }
     | DASH { tr_slip_range(parse, @1); };
closures: DATE_VALUE { $$ = tr_build_closure(parse, @$, NULL, $1.number, $1.number); }
        | DATE_VALUE TO DATE_VALUE { $$ = tr_build_closure(parse, @$, NULL, $1.number, $3.number); }
        | closures ',' DATE_VALUE { $$ = tr_build_closure(parse, @3, $1, $3.number, $3.number); }
        | closures ',' DATE_VALUE TO DATE_VALUE {
            $$ = tr_build_closure(parse, tr_span_join(@3, @5), $1, $3.number, $5.number); };

/* ---- team north of sales { pick by turns }   people { "jo" in north, hours munich, share 50% } ---------- */

item: team | team_said '}';
team: TEAM label OF name { $$ = tr_build_team(parse, $2, $4); };
team_said: team '{' team_rule { $$ = tr_build_team_rule(parse, @3, $1, $3); }
         | team_said ',' team_rule { $$ = tr_build_team_rule(parse, @3, $1, $3); };
team_rule: PICK BY TURNS { $$ = (tr_team_rule){.kind = TEAM_PICKS, .pick = PICK_TURNS}; }
         | PICK BY SHARES { $$ = (tr_team_rule){.kind = TEAM_PICKS, .pick = PICK_SHARES}; }
         | PICK BY FEWEST OPEN { $$ = (tr_team_rule){.kind = TEAM_PICKS, .pick = PICK_FEWEST_OPEN}; }
         | AT MOST NUMBER_VALUE OPEN LEADS EACH { $$ = (tr_team_rule){.kind = TEAM_MOST, .most = $3.number}; }
         | SKIP ABSENT { $$ = (tr_team_rule){.kind = TEAM_SKIPS}; };

item: PEOPLE '{' reps '}'
    | PEOPLE FROM STRING { tr_build_roster(parse, tr_build_path(@3, $3.text)); };
reps: %empty | reps rep | reps lost;
rep: STRING IN name { $$ = tr_build_rep(parse, tr_build_name(@1, $1.text), $3); }
   | rep ',' UNIT name { $$ = tr_build_rep_hours(parse, @3, $1, $3.number, $4); }
   | rep ',' noun value { $$ = tr_build_rep_trait(parse, $1, $3, $4); };

/* ---- agreement "DACH mid-market" version 3 between marketing and sales in force from 2026-11-01 { … } --- */

item: agreement_head '{' agreement_body '}' { tr_build_agreement(parse, $1, $3); };
agreement_head: AGREEMENT STRING VERSION NUMBER_VALUE BETWEEN names_and {
                  $$ = tr_build_agreement_head(parse, @2, $2.text, @4, $4.number, $6); }
              | agreement_head IN FORCE FROM DATE_VALUE to_opt { $$ = tr_build_force(parse, @$, $1, $5.number, $6); }
              | agreement_head IN SHADOW FROM DATE_VALUE { $$ = tr_build_shadow(parse, @$, $1, $5.number); }
              | agreement_head CATCHING UP { $$ = $1; $$->catching_up = true; }
              | agreement_head STAGE name BECOMES name {
                  $$ = tr_build_becomes(parse, tr_span_join(@2, @5), $1, $3, $5); }
              | agreement_head SIGNED BY signatures { $$ = tr_build_signed(parse, $1, $4); };
to_opt: %empty { $$ = INT64_MAX; } | TO DATE_VALUE { $$ = $2.number; };
signatures: name STRING ON DATE_VALUE { $$ = tr_build_signature(parse, NULL, $1, $2.text, $4.number); }
          | signatures ',' name STRING ON DATE_VALUE { $$ = tr_build_signature(parse, $1, $3, $4.text, $6.number); };

agreement_body: %empty { $$ = tr_build_agreement_body(parse); }
              | agreement_body APPLIES WHEN expr { $$ = tr_build_applies(parse, @2, $1, $4); }
              | agreement_body APPLIES OTHERWISE { $$ = tr_build_applies(parse, @2, $1, NULL); }
              | agreement_body clause { $$ = tr_build_clause_add(parse, $1, $2); };

clause: lost { $$ = NULL; };

/* ---- ask about unknowns after 14 days ------------------------------------------------------------------ */

agreement_body: agreement_body ASK ABOUT UNKNOWNS AFTER duration {
                  $$ = tr_build_ask(parse, tr_span_join(@2, @6), $1, $6); };

/* ---- sales may move SAL, SQL to lost with reason   sales may pass a lead ---------------------------------- */

agreement_body: agreement_body power { $$ = tr_build_power_add(parse, $1, $2); };
power: subject MAY MOVE way WITH REASON { $$ = tr_build_may_go(parse, @$, POWER_MOVE, $1, &$4); }
     | subject MAY OVERRIDE PROMOTE way WITH REASON { $$ = tr_build_may_go(parse, @$, POWER_PROMOTE, $1, &$5); }
     | subject MAY OVERRIDE HAND way WITH REASON { $$ = tr_build_may_go(parse, @$, POWER_OFFER, $1, &$5); }
     | subject MAY PASS name LEAD when_opt { $$ = tr_build_may_pass(parse, @$, $1, $4, $6, false); }
     | subject MAY PASS name LEAD when_opt WITH REASON { $$ = tr_build_may_pass(parse, @$, $1, $4, $6, true); }
     | subject MAY HOLD name LEAD AT MOST duration WITH REASON { $$ = tr_build_may_hold(parse, @$, $1, $4, $8); };
way: names TO name when_opt { $$ = tr_build_way($1, $3, $4); };

/* ---- promote inquiry to MQL when fit >= 40  keep fit, engagement = max of engagement of members as at_mql */

clause: PROMOTE names TO name WHEN expr { $$ = tr_build_promote(parse, @$, $2, $4, $6); }
      | PROMOTE names TO name WHEN expr KEEP keeps AS label {
          $$ = tr_build_keep_as(tr_build_promote(parse, @$, $2, $4, $6), $8, $10); };
keeps: keep { $$ = tr_build_keeps(parse, NULL, $1); }
     | keeps ',' keep { $$ = tr_build_keeps(parse, $1, $3); };
keep: otherwise { $$ = tr_build_keep_bare(parse, $1); }
    | name '=' otherwise { $$ = (tr_keep){.name = $1, .value = $3}; };

/* ---- hand MQL from marketing to sales when uncertainty >= medium  accepted by … respond within … -------- */

clause: hand;
hand: HAND name FROM name TO name when_opt { $$ = tr_build_hand(parse, @$, $2, $4, $6, $7); }
    | hand ACCEPTED AT ONCE TO name { $$ = tr_build_at_once(parse, @$, $1, $6); }
    | hand ACCEPTED BY dotted TO name { $$ = tr_build_accepted(parse, @$, $1, $4, $6); }
    | hand REJECTED BY dotted TO name reason_opt { $$ = tr_build_rejected(parse, @$, $1, $4, $6, $7); }
    | hand REJECTED BY dotted TO name reason_opt FOR duration ',' THEN name {
        $$ = tr_build_recycled(parse, @9, tr_build_rejected(parse, @$, $1, $4, $6, $7), $9, $12); }
    | hand SENT BACK BY dotted ',' CLOCK STOPPED UNTIL dotted { $$ = tr_build_sent_back(parse, @$, $1, $5, $10); }
    | hand WITHDRAWN WHEN expr { $$ = tr_build_withdrawn(parse, @$, $1, $4); }
    | hand RESPOND WITHIN within steps_opt { $$ = tr_build_respond(parse, @$, $1, $4, $5); }
    | hand RESPOND WITHIN within AT no_brace NUMBER_VALUE '%' step_actions steps '}' {
        $$ = tr_build_respond(parse, @$, $1, $4, $10); };
no_brace: %empty { tr_parse_missing_brace(parse, @0); };
when_opt: %empty { $$ = NULL; }
        | WHEN expr { $$ = $2; };
reason_opt: %empty { $$ = (tr_name){0}; }
          | WITH REASON dotted { $$ = $3; };

/* ---- sales owes first_touch within 8 hours in munich after acceptance { at 100% escalate to head_of_sales } */

clause: duty steps_opt { $$ = tr_build_owes(parse, @$, $1, $2); };
duty: owed WITHIN within AFTER duty_after { $$ = tr_build_duty_within($1, $3, $5); }
    | owed EVERY within { $$ = tr_build_duty_every($1, $3); }
    | duty WHILE expr { $$ = tr_build_duty_while(parse, @2, $1, $3); }
    | duty UNLESS expr { $$ = tr_build_duty_unless(parse, @2, $1, $3); };
owed: subject OWES dotted { $$ = tr_build_owed(parse, $1, $3); }
    | subject OWES dotted NUMBER_VALUE TIMES {
        $$ = tr_build_owed_times(parse, @4, tr_build_owed(parse, $1, $3), $4.number); }
    | subject OWES TO KNOW words { $$ = tr_build_to_know(parse, @5, $1, $5, false); }
    | subject OWES TO KNOW words OF EVERY MEMBER { $$ = tr_build_to_know(parse, @5, $1, $5, true); };
duty_after: dotted { $$ = tr_build_duty_start(parse, START_AT, $1); }
          | ENTERING name { $$ = tr_build_duty_start(parse, START_ENTERING, $2); };

/* ---- marketing owes 40 MQL per month   sales owes 250000 EUR of amount of crm.deal_won per quarter each rep - */

clause: quota steps_opt { $$ = tr_build_quota_clause(parse, @$, $1, $2); };
quota: subject OWES NUMBER_VALUE dotted PER name {
         $$ = tr_build_quota(parse, $1, tr_build_number(parse, @3, EXPR_NUMBER, $3.number), $4, $6); }
     | subject OWES quota_sum OF dotted OF dotted PER name {
         $$ = tr_build_quota_of(tr_build_quota(parse, $1, $3, $7, $9), $5); }
     | subject OWES dotted PER name {
         tr_parse_wrong(parse, @3, "this does not say how many are owed", "Write a number before it, as in '3 …'.");
         $$ = tr_build_quota(parse, $1, tr_build_number(parse, @3, EXPR_NUMBER, 1000000), $3, $5); }
     | quota EACH REP { $$ = $1; $$->each_rep = true; };
quota_sum: NUMBER_VALUE { $$ = tr_build_number(parse, @$, EXPR_NUMBER, $1.number); }
         | NUMBER_VALUE CURRENCY { $$ = tr_build_amount(parse, @$, $1.number, $2); };

/* ---- limit contact by sales with each person to 2 in 7 days while …   never contact by sales when … --------- */

clause: limit { $$ = tr_build_limit(parse, @$, $1, NULL); }
      | limit WHILE expr { $$ = tr_build_limit(parse, @$, $1, $3); }
      | limit WHEN expr {
          tr_parse_wrong(parse, @2, "a limit stands while something holds", "Write 'while'.");
          $$ = tr_build_limit(parse, @$, $1, $3); }
      | NEVER CONTACT never_when expr { $$ = tr_build_never(parse, @$, tr_span_join(@1, @2), (tr_name){0}, $4); }
      | NEVER CONTACT BY name never_when expr { $$ = tr_build_never(parse, @$, tr_span_join(@1, @4), $4, $6); };
never_when: WHEN
          | WHILE { tr_parse_wrong(parse, @1, "'never' is said for when something holds", "Write 'when'."); };
limit: LIMIT CONTACT BY name WITH contacted TO NUMBER_VALUE IN duration {
         $$ = tr_build_limit_to(parse, @$, $4, $6, @8, $8.number, $10); };
contacted: EACH PERSON { $$ = ENTITY_PERSON; }
         | THE ACCOUNT { $$ = ENTITY_ACCOUNT; };

/* ---- assign SAL to account.rep else previous rep else north   reassign SAL to north after 10 days -------- */

clause: ASSIGN names TO whoms { $$ = tr_build_assign(parse, @$, CLAUSE_ASSIGN, $2, $4); }
      | REASSIGN names TO whoms { $$ = tr_build_assign(parse, @$, CLAUSE_REASSIGN, $2, $4); }
      | REASSIGN names TO whoms turn {
          $$ = tr_build_turn(@$, tr_build_assign(parse, @$, CLAUSE_REASSIGN, $2, $4), $5); }
      | OPEN names TO whoms turn { $$ = tr_build_turn(@$, tr_build_assign(parse, @$, CLAUSE_OPEN, $2, $4), $5); };
turn: ON pattern { $$ = tr_build_turn_on($2); }
    | WHEN expr { $$ = tr_build_turn_when($2); }
    | AFTER duration { $$ = tr_build_turn_after(parse, @2, $2); };
whoms: whom { $$ = tr_build_whoms(parse, NULL, $1); }
     | whoms ELSE whom { $$ = tr_build_whoms(parse, $1, $3); };
whom: PREVIOUS REP { $$ = (tr_whom){.kind = WHOM_PREVIOUS, .span = @$}; }
    | REP OF LATEST OTHER LEAD OF ACCOUNT with_opt { $$ = tr_build_whom_of_lead(parse, @$, WHOM_LATEST, $8); }
    | REP OF EARLIEST OTHER LEAD OF ACCOUNT with_opt { $$ = tr_build_whom_of_lead(parse, @$, WHOM_EARLIEST, $8); }
    | ACTOR OF LATEST dotted OF ACCOUNT in_last { $$ = tr_build_whom_actor(parse, @$, $4, $7); }
    | STRING where_opt {
        $$ = (tr_whom){.kind = WHOM_REP, .span = @$, .name = tr_build_name(@1, $1.text), .where = $2}; }
    | dotted where_opt { $$ = tr_build_whom(@$, $1, $2); };
with_opt: %empty { $$ = NULL; }
        | WITH '(' expr ')' { $$ = $3; };

/* ---- tell sales "call back" on web.asked   tell boss "a large one" when lead.budget >= 1000000 EUR ------------ */

clause: TELL name STRING ON pattern { $$ = tr_build_tell_on(parse, @$, $2, $3.text, $5); }
      | TELL name STRING WHEN expr { $$ = tr_build_tell_when(parse, @$, $2, $3.text, $5); };

/* ---- play "security brief" for member with (roles has decider) while phase = evaluation {
          say "Bring the audit report."  offer references matching industry, size = lead.size, at most 2 } --------- */

clause: play '{' play_lines '}' { $$ = tr_build_play(parse, @$, $1, $3); };
play: PLAY STRING FOR MEMBER WITH '(' expr ')' { $$ = tr_build_play_head(parse, tr_build_name(@2, $2.text), $7); }
    | play WHILE expr { $$ = tr_build_play_while(parse, @2, $1, $3); };
play_lines: %empty { $$ = tr_build_play_lines(parse); }
          | play_lines SAY STRING { $$ = tr_build_play_say(parse, @2, $1, $3.text); }
          | play_lines play_offer { $$ = tr_build_play_offer(parse, $1, $2); }
          | play_lines lost { $$ = $1; $$->is_lost = true; };
play_offer: OFFER name { $$ = tr_build_offer_of(parse, @$, $2, NULL); }
          | OFFER name ',' AT MOST NUMBER_VALUE {
              $$ = tr_build_offer_most(tr_build_offer_of(parse, @$, $2, NULL), @6, $6.number); }
          | OFFER name MATCHING matches { $$ = tr_build_offer_of(parse, @$, $2, $4); }
          | OFFER name MATCHING matches ',' AT MOST NUMBER_VALUE {
              $$ = tr_build_offer_most(tr_build_offer_of(parse, @$, $2, $4), @8, $8.number); };
matches: match { $$ = tr_build_matches(parse, NULL, $1); }
       | matches ',' match { $$ = tr_build_matches(parse, $1, $3); };
match: name { $$ = (tr_play_match){.column = $1}; }
     | name '=' dotted { $$ = (tr_play_match){.column = $1, .value = tr_build_ref(parse, @3, $3)}; };

/* ---- a time allowed, and what happens on the way: 4 hours in munich { at 50% remind sales  pauses while … } */

within: NUMBER_VALUE UNIT IN name { $$ = tr_build_within(parse, @$, $1.number, $2.number, $4); }
      | NUMBER_VALUE UNIT AROUND THE CLOCK { $$ = tr_build_within(parse, @$, $1.number, $2.number, (tr_name){0}); }
      | NUMBER_VALUE UNIT { $$ = tr_build_within_bare(parse, @$, $1.number, $2.number); }
      | NUMBER_VALUE UNIT IN UNIT OF REP { $$ = tr_build_hours_of_rep(parse, @$, $1.number, $2.number, @4, $4.number); }
      | business IN name { $$ = tr_build_within_days(@$, $1, $3); }
      | dotted IN name { $$ = tr_build_tier(@$, tr_build_ref(parse, @1, $1), $3); }
      | dotted UNIT IN name {
          tr_parse_wrong(parse, @1, "a number is needed here", "Write it in digits, as in '4 hours'.");
          $$ = tr_build_within(parse, @$, 1000000, $2.number, $4); }
      | dotted UNIT AROUND THE CLOCK {
          tr_parse_wrong(parse, @1, "a number is needed here", "Write it in digits, as in '4 hours'.");
          $$ = tr_build_within(parse, @$, 1000000, $2.number, (tr_name){0}); }
      | dotted AROUND THE CLOCK { $$ = tr_build_tier(@$, tr_build_ref(parse, @1, $1), (tr_name){0}); };

business: BUSINESS_DAYS { $$ = tr_build_business(parse, @$, $1.number, 86400000); }
        | NUMBER_VALUE BUSINESS UNIT { $$ = tr_build_business(parse, @$, $1.number, $3.number); };

steps_opt: %empty { $$ = NULL; }
         | '{' steps '}' { $$ = $2; };
steps: %empty { $$ = tr_build_terms(parse); }
     | steps AT NUMBER_VALUE '%' step_actions { $$ = tr_build_steps(parse, $1, $3.number, $5); }
     | steps AT business step_actions { $$ = tr_build_steps_days(parse, $1, $3, $4); }
     | steps PAUSES WHILE expr pauses_most { $$ = tr_build_pauses(parse, @2, $1, $4, $5); }
     | steps lost { $$ = $1; };
pauses_most: %empty { $$ = -1; }
           | ',' AT MOST duration IN ALL { $$ = $4; };
step_actions: step { $$ = tr_build_step_list(parse, NULL, $1); }
            | step_actions ',' step { $$ = tr_build_step_list(parse, $1, $3); };
step: REMIND name { $$ = tr_build_step(parse, @$, STEP_REMIND, $2); }
    | TELL name STRING { $$ = tr_build_step(parse, @$, STEP_TELL, $2); $$->say = $3.text; }
    | ESCALATE TO name { $$ = tr_build_step(parse, @$, STEP_ESCALATE, $3); }
    | RETURN TO name reason_opt { $$ = tr_build_step(parse, @$, STEP_RETURN, $3); $$->reason = $4; }
    | OFFER TO name { $$ = tr_build_step(parse, @$, STEP_OFFER, $3); }
    | REASSIGN TO name { $$ = tr_build_step(parse, @$, STEP_REASSIGN, $3); }
    | OPEN TO name { $$ = tr_build_step(parse, @$, STEP_OPEN, $3); };

/* ---- move SAL, SQL to customer on crm.deal_won   move shop to nurture after 90 days --------------------- */

clause: MOVE names TO name ON pattern reason_opt { $$ = tr_build_move_on(parse, @$, $2, $4, $6, $7); }
      | MOVE names TO name WHEN expr reason_opt { $$ = tr_build_move_when(parse, @$, $2, $4, $6, $7); }
      | MOVE names TO name AFTER duration reason_opt { $$ = tr_build_move_after(parse, @$, $2, $4, $6, $7); };

/* ---- Expressions: or < and < not < comparison < otherwise < + - < * / < - ------------------------------- */

expr: or_expr;
or_expr: and_expr
       | or_expr OR and_expr { $$ = tr_build_or(parse, @$, $1, $3, @2); };
and_expr: not_expr
        | and_expr AND not_expr { $$ = tr_build_and(parse, @$, $1, $3); };
not_expr: comparison
        | NOT not_expr { $$ = tr_build_unary(parse, EXPR_NOT, @$, $2); };

comparison: otherwise
          | otherwise compare otherwise { $$ = tr_build_compare(parse, @$, $2, $1, $3); }
          | otherwise IS NOT otherwise { $$ = tr_build_compare(parse, @$, COMPARE_NE, $1, $4); }
          | otherwise IS EXACTLY otherwise { $$ = tr_build_binary(parse, EXPR_EXACTLY, @$, $1, $4); }
          | otherwise IS KNOWN { $$ = tr_build_unary(parse, EXPR_IS_KNOWN, @$, $1); }
          | otherwise IS UNKNOWN { $$ = tr_build_is_unknown(parse, @$, $1); }
          | otherwise IS OPEN { $$ = tr_build_unary(parse, EXPR_IS_OPEN, @$, $1); }
          | otherwise IS ABSENT MORE THAN duration { $$ = tr_build_absent(parse, @$, $1, $6); }
          | otherwise IS NOT KNOWN {
              tr_parse_wrong(parse, tr_span_join(@2, @4), "'is not known' is written 'is unknown'",
                             "Write 'is unknown'.");
              $$ = tr_build_is_unknown(parse, @$, $1); }
          | otherwise IS otherwise {
              tr_parse_wrong(parse, @2, "'is' does not compare", "Write '=' for equal, 'is not' for unequal.");
              $$ = tr_build_compare(parse, @$, COMPARE_EQ, $1, $3); }
          | otherwise NOT IN '(' exprs ')' {
              tr_parse_wrong(parse, tr_span_join(@2, @3), "'not in' is not part of the language", "Write 'is not in'.");
              $$ = tr_build_not(parse, tr_build_in(parse, @$, $1, $5)); }
          | otherwise IN '(' exprs ')' { $$ = tr_build_in(parse, @$, $1, $4); }
          | otherwise IN name { $$ = tr_build_in_list(parse, @$, $1, $3); }
          | otherwise IS NOT IN '(' exprs ')' { $$ = tr_build_not(parse, tr_build_in(parse, @$, $1, $6)); }
          | otherwise IS NOT IN name { $$ = tr_build_not(parse, tr_build_in_list(parse, @$, $1, $5)); }
          | otherwise BEFORE name { $$ = tr_build_binary(parse, EXPR_BEFORE, @$, $1, tr_build_ref(parse, @3, $3)); }
          | otherwise BETWEEN otherwise AND otherwise { $$ = tr_build_between(parse, @$, $1, $3, $5); }
          | otherwise text_operator otherwise { $$ = tr_build_binary(parse, $2, @$, $1, $3); }
          | otherwise HAS otherwise { $$ = tr_build_binary(parse, EXPR_HAS, @$, $1, $3); }
          | otherwise HAS ANY OF '(' exprs ')' { $$ = tr_build_has_any(parse, @$, $1, $6); }
          | otherwise MATCHES STRING {
              $$ = tr_build_binary(parse, EXPR_MATCHES, @$, $1, tr_build_text(parse, @3, $3.text)); };
compare: '=' { $$ = COMPARE_EQ; }
       | NOT_EQUAL { $$ = COMPARE_NE; }
       | order;
order: '<' { $$ = COMPARE_LT; }
     | '>' { $$ = COMPARE_GT; }
     | LESS_OR_EQUAL { $$ = COMPARE_LE; }
     | GREATER_OR_EQUAL { $$ = COMPARE_GE; }
     | FAT_ARROW {
         tr_parse_wrong(parse, @1, "'=>' is not part of the language", "Write '>='.");
         $$ = COMPARE_GE; };
text_operator: STARTS WITH { $$ = EXPR_STARTS_WITH; }
             | ENDS WITH { $$ = EXPR_ENDS_WITH; }
             | CONTAINS { $$ = EXPR_CONTAINS; };

otherwise: sum
         | otherwise OTHERWISE sum { $$ = tr_build_binary(parse, EXPR_OTHERWISE, @$, $1, $3); };
sum: product
   | sum '+' product { $$ = tr_build_binary(parse, EXPR_ADD, @$, $1, $3); }
   | sum '-' product { $$ = tr_build_binary(parse, EXPR_SUBTRACT, @$, $1, $3); };
product: unary
       | product '*' unary { $$ = tr_build_binary(parse, EXPR_MULTIPLY, @$, $1, $3); }
       | product '/' unary { $$ = tr_build_binary(parse, EXPR_DIVIDE, @$, $1, $3); };
unary: postfix
     | '-' unary { $$ = tr_build_unary(parse, EXPR_NEGATE, @$, $2); };
postfix: primary
       | postfix LOWERED BY primary { $$ = tr_build_binary(parse, EXPR_LOWERED, @$, $1, $4); };

primary: literal
       | dotted { $$ = tr_build_ref(parse, @$, $1); }
       | name '(' exprs ')' '.' word { $$ = tr_build_lookup(parse, @$, $1, $3, $6); }
       | '(' expr ')' { $$ = tr_build_parenthesized($2); }
       | LARGER OF '(' exprs ')' { $$ = tr_build_list_expr(parse, EXPR_LARGER, @$, $4); }
       | SMALLER OF '(' exprs ')' { $$ = tr_build_list_expr(parse, EXPR_SMALLER, @$, $4); }
       | AT LEAST NUMBER_VALUE OF '(' exprs ')' { $$ = tr_build_at_least(parse, @$, $3.number, $6); }
       | ALL OF '(' exprs ')' { $$ = tr_build_list_expr(parse, EXPR_ALL_OF, @$, $4); }
       | NONE OF '(' exprs ')' { $$ = tr_build_list_expr(parse, EXPR_NONE_OF, @$, $4); }
       | ANY one_group HAS '(' expr ')' { $$ = tr_build_over(parse, EXPR_ANY_HAS, @$, $2, $5); }
       | EVERY one_group HAS '(' expr ')' { $$ = tr_build_over(parse, EXPR_EVERY_HAS, @$, $2, $5); }
       | COUNT OF group WITH '(' expr ')' { $$ = tr_build_over(parse, EXPR_COUNT_WITH, @$, $3, $6); }
       | SUM OF dotted OF group { $$ = tr_build_over(parse, EXPR_SUM_OF, @$, $5, tr_build_ref(parse, @3, $3)); }
       | MAX OF dotted OF group { $$ = tr_build_over(parse, EXPR_MAX_OF, @$, $5, tr_build_ref(parse, @3, $3)); }
       | MIN OF dotted OF group { $$ = tr_build_over(parse, EXPR_MIN_OF, @$, $5, tr_build_ref(parse, @3, $3)); }
       | SUM OF dotted OF dotted in_last { $$ = tr_build_measure(parse, EXPR_SUM_IN, @$, $3, $5, $6); }
       | MAX OF dotted OF dotted in_last { $$ = tr_build_measure(parse, EXPR_MAX_IN, @$, $3, $5, $6); }
       | MIN OF dotted OF dotted in_last { $$ = tr_build_measure(parse, EXPR_MIN_IN, @$, $3, $5, $6); }
       | COUNT OF UNIT WITH dotted in_last { $$ = tr_build_count_days(parse, @$, @3, $3.number, $5, $6); }
       | COUNT OF dotted in_last { $$ = tr_build_signals(parse, EXPR_COUNT, @$, $3, $4); }
       | NO dotted in_last { $$ = tr_build_signals(parse, EXPR_NO, @$, $2, $3); }
       | TIME SINCE dotted { $$ = tr_build_signals(parse, EXPR_TIME_SINCE, @$, $3, -1); }
       | ACTIVE in_last { $$ = tr_build_active(parse, @$, $2); }
       | UNIT UNTIL primary { $$ = tr_build_days(parse, EXPR_DAYS_UNTIL, @$, @1, $1.number, $3); }
       | UNIT SINCE primary { $$ = tr_build_days(parse, EXPR_DAYS_SINCE, @$, @1, $1.number, $3); }
       | TIMES ENTERED name { $$ = tr_build_named(parse, EXPR_TIMES_ENTERED, @$, $3); }
       | DATE ENTERED name { $$ = tr_build_named(parse, EXPR_DATE_ENTERED, @$, $3); }
       | TIME IN STAGE { $$ = tr_build_expr(parse, EXPR_TIME_IN_STAGE, @$); }
       | PREVIOUS REASON { $$ = tr_build_expr(parse, EXPR_PREVIOUS_REASON, @$); }
       | AGE OF LEAD { $$ = tr_build_expr(parse, EXPR_AGE, @$); }
       | DOMAIN OF primary { $$ = tr_build_unary(parse, EXPR_DOMAIN, @$, $3); };
group: MEMBERS { $$ = GROUP_MEMBERS; }
     | LEADS OF ACCOUNT { $$ = GROUP_LEADS; }
     | OTHER LEADS OF ACCOUNT { $$ = GROUP_OTHER_LEADS; };
one_group: MEMBER { $$ = GROUP_MEMBERS; }
         | LEAD OF ACCOUNT { $$ = GROUP_LEADS; }
         | OTHER LEAD OF ACCOUNT { $$ = GROUP_OTHER_LEADS; };
in_last: IN LAST duration { $$ = $3; }
       | EVER { $$ = -1; };
exprs: expr { $$ = tr_build_exprs(parse, NULL, $1); }
     | exprs ',' expr { $$ = tr_build_exprs(parse, $1, $3); };

literal: STRING { $$ = tr_build_text(parse, @$, $1.text); }
       | NUMBER_VALUE { $$ = tr_build_number(parse, @$, EXPR_NUMBER, $1.number); }
       | NUMBER_VALUE '%' { $$ = tr_build_percent(parse, @$, $1.number); }
       | NUMBER_VALUE CURRENCY { $$ = tr_build_amount(parse, @$, $1.number, $2); }
       | NUMBER_VALUE UNIT {
           $$ = tr_build_number(parse, @$, EXPR_DURATION, tr_build_duration(parse, @$, $1.number, $2.number)); }
       | BUSINESS_DAYS {
           $$ = tr_build_number(parse, @$, EXPR_BUSINESS_DAYS, -tr_build_business(parse, @$, $1.number, 86400000)); }
       | DATE_VALUE { $$ = tr_build_number(parse, @$, EXPR_DATE, $1.number); }
       | DATETIME { $$ = tr_build_number(parse, @$, EXPR_DATETIME, $1.number); }
       | TRUE { $$ = tr_build_number(parse, @$, EXPR_TRUTH, 1); }
       | FALSE { $$ = tr_build_number(parse, @$, EXPR_TRUTH, 0); };

/* A value as it stands in a list, a row, a test: a literal or a name. */
value: literal
     | '-' NUMBER_VALUE { $$ = tr_build_number(parse, @$, EXPR_NUMBER, -$2.number); }
     | '-' NUMBER_VALUE CURRENCY { $$ = tr_build_amount(parse, @$, -$2.number, $3); }
     | dotted { $$ = tr_build_ref(parse, @$, $1); }
     | UNKNOWN { $$ = tr_build_expr(parse, EXPR_UNKNOWN, @$); }
     | '(' values ')' { $$ = tr_build_list_expr(parse, EXPR_IN, @$, $2); };

/* ---- test "a decider's request reaches sales" { clock …  send …  expect … } ----------------------------- */

item: TEST STRING setup_opt '{' test_body '}' { tr_build_test(parse, @2, $2.text, $3, $5); }
    | SETUP label '{' test_body '}' { tr_build_setup(parse, $2, $4); };
setup_opt: %empty { $$ = (tr_name){0}; }
         | FROM SETUP name { $$ = $3; };
test_body: %empty { $$ = tr_build_test_body(parse); }
         | test_body test_step { $$ = tr_build_test_add(parse, $1, $2); }
         | test_body EACH names '{' case_rows '}' { $$ = tr_build_test_each(parse, $1, @2, $3, $5); }
         | test_body lost { $$ = $1; };
case_rows: %empty { $$ = NULL; }
         | case_rows case_row { $$ = tr_build_case(parse, @2, $1, $2); };
case_row: case_first { $$ = tr_build_exprs(parse, NULL, $1); }
        | case_row ',' value { $$ = tr_build_exprs(parse, $1, $3); }
        | case_row ',' outcome { $$ = tr_build_exprs(parse, $1, $3); };
/* A name that no number before it could be counted in: what stands before it may end the row above. */
case_first: literal
          | '-' NUMBER_VALUE { $$ = tr_build_number(parse, @$, EXPR_NUMBER, -$2.number); }
          | '-' NUMBER_VALUE CURRENCY { $$ = tr_build_amount(parse, @$, -$2.number, $3); }
          | noun { $$ = tr_build_ref(parse, @$, $1); }
          | UNKNOWN { $$ = tr_build_expr(parse, EXPR_UNKNOWN, @$); }
          | '(' values ')' { $$ = tr_build_list_expr(parse, EXPR_IN, @$, $2); }
          | outcome;
outcome: OPEN { $$ = tr_build_word(parse, @$, "open"); }
       | LATE { $$ = tr_build_word(parse, @$, "late"); }
       | NOT MET { $$ = tr_build_word(parse, @$, "not met"); }
       | NOT OWED { $$ = tr_build_word(parse, @$, "not owed"); };
test_step: CLOCK test_time { $$ = tr_build_test_time(parse, @$, TEST_CLOCK, $2); }
         | AT test_time { $$ = tr_build_test_time(parse, @$, TEST_AT, $2); }
         | AFTER test_span { $$ = tr_build_test_time(parse, @$, TEST_AFTER, $2); }
         | ACCOUNT id givens_block { $$ = tr_build_test_entity(parse, @$, ENTITY_ACCOUNT, $2, (tr_name){0}, $3); }
         | PERSON id '/' id givens_block { $$ = tr_build_test_entity(parse, @$, ENTITY_PERSON, $2, $4, $5); }
         | LEAD id OF id givens_block { $$ = tr_build_test_lead(parse, @$, $2, $4, $5); }
         | MEMBER id '/' id givens_block { $$ = tr_build_test_entity(parse, @$, ENTITY_MEMBER, $2, $4, $5); }
         | SEND dotted from_opt actor_opt givens_opt { $3.actor = $4; $$ = tr_build_test_send(parse, @$, $2, $3, $5); }
         | SEND dotted FROM sender FOR LEAD id actor_opt givens_opt {
             $4.lead = $7; $4.actor = $8; $$ = tr_build_test_send(parse, @$, $2, $4, $9); }
         | EXPECT expectation { $$ = $2; $$->span = @$; };
from_opt: %empty { $$ = (tr_who){0}; }
        | FROM sender { $$ = $2; };
actor_opt: %empty { $$ = (tr_name){0}; }
         | BY id { $$ = $2; };
test_time: DATETIME { $$ = tr_build_number(parse, @$, EXPR_DATETIME, $1.number); }
         | name { $$ = tr_build_ref(parse, @$, $1); };
test_span: duration { $$ = tr_build_number(parse, @$, EXPR_DURATION, $1); }
         | name { $$ = tr_build_ref(parse, @$, $1); };
givens_opt: %empty { $$ = NULL; }
          | givens_block;
givens_block: '{' '}' { $$ = NULL; }
            | '{' givens '}' { $$ = $2; };
givens: lost { $$ = NULL; }
      | word value { $$ = tr_build_given(parse, NULL, $1, $2); }
      | givens ',' word value { $$ = tr_build_given(parse, $1, $3, $4); };
sender: id { $$ = (tr_who){.span = @$, .account = $1}; }
      | id '/' id { $$ = (tr_who){.span = @$, .account = $1, .person = $3}; };
who: sender
   | LEAD NAME { $$ = (tr_who){.span = @$, .lead = tr_build_name(@2, $2.text)}; }
   | LEAD STRING { $$ = (tr_who){.span = @$, .lead = tr_build_name(@2, $2.text)}; };

expectation: NOTHING ELSE { $$ = tr_build_expect(parse, TEST_EXPECT_NOTHING, (tr_name){0}, (tr_who){0}); }
           | decided { $$ = $1; }
           | NO decided { $$ = $2; $$->no = true; }
           | of_whom IS value { $$ = tr_build_expect_value(parse, $1, $3); }
           | of_whom IS outcome { $$ = tr_build_expect_value(parse, $1, $3); }
           | of_whom order value { $$ = tr_build_expect_range(parse, $1, $2, $3, NULL); }
           | of_whom BETWEEN value AND value { $$ = tr_build_expect_range(parse, $1, COMPARE_GE, $3, $5); }
           | of_whom IS order value {
               tr_parse_wrong(parse, @2, "in a test 'is' means equal", "Take 'is' out.");
               $$ = tr_build_expect_range(parse, $1, $3, $4, NULL); }
           | of_whom IS BETWEEN value AND value {
               tr_parse_wrong(parse, @2, "in a test 'is' means equal", "Take 'is' out.");
               $$ = tr_build_expect_range(parse, $1, COMPARE_GE, $4, $6); }
           | of_whom '=' value { tr_parse_wrong(parse, @2, "'=' does not stand in a test", "Write 'is'.");
               $$ = tr_build_expect_value(parse, $1, $3); }
           | what OF who BY name IS contact_answer { $$ = tr_build_expect_contact(parse, $1, $3, $5, $7); }
           | who IS name { $$ = tr_build_expect(parse, TEST_EXPECT_STAGE, $3, $1); }
           | expectation BECAUSE dotted { $$ = $1; $$->because = $3; };
contact_answer: name { $$ = tr_build_ref(parse, @$, $1); }
              | NEVER { $$ = tr_build_word(parse, @$, "never"); }
              | NOT BEFORE test_time { $$ = $3; };
of_whom: what OF who { $$ = tr_build_expect(parse, TEST_EXPECT_DECISION, $1, $3); };
what: dotted
    | RETURN { $$ = tr_build_name(@1, $1.text); }
    | MOVE { $$ = tr_build_name(@1, $1.text); }
    | AGREEMENT { $$ = tr_build_name(@1, $1.text); };
decided: of_whom
       | PLAY STRING OF who { $$ = tr_build_expect_play(parse, tr_build_name(@2, $2.text), @1, $4); }
       | of_whom TO name { $$ = $1; $$->to = $3; }
       | of_whom TO STRING { $$ = $1; $$->to = tr_build_name(@3, $3.text); $$->to_rep = true; }
       | of_whom TO name DUE value { $$ = $1; $$->to = $3; $$->due = $5; }
       | of_whom DUE value { $$ = $1; $$->due = $3; };

/* ---- Words that may also be names, and words that may not ----------------------------------------------- */

soft: ABOUT | ACCOUNT | ACTIVITY | ACTOR | AGE | ASK | BACK | BECOMES | BEGINS | BELOW | BUSINESS | BUYER | CASE
    | CATCHING | CLOCK | CLOSED | CONTACT | COUNT | COUNTS | DATE | DECAY | DOMAIN | DUE | DURATION | EARLIEST | EVENT
    | EVENTS | EXPIRES | FEWEST | FIRST | FIXED | FLAG | FORCE | FROZEN | GOES | HALVES | HOLD | HOLIDAYS | IGNORED
    | KNOW | LATEST | LEAD | LEADS | LIST | LOSES | LOST | MATCHING | MAX | MEMBER | MET | MIN | MONEY | MORE | NONE
    | NOTHING | NUMBER | OFFER | ONE | ONLY | OPENED | OTHER | OTHERS | OVERRIDE | OWED | PARTY | PASS | PAUSES
    | PEOPLE | PER | PERSON | PICK | POINTS | PREVIOUS | REFUSED | RESET | SAME | SAY | SCALE | SENDS | SET | SHADOW
    | SHARES | SIGNED | SKIP | SOURCE | STAGE | STOPPED | SUM | TEAM | TEST | TEXT | TIMES | TURNS | TYPE | UNKNOWNS
    | UNMET | UP | VERSION | WHOLE | WON | ZONE;

reserved: ABSENT | ACCEPTED | ACTIVE | ADD | AFTER | AGREEMENT | ALL | AND | ANY | APPLIES | ARE | AROUND | AS
        | ASSIGN | AT | BECAUSE | BEFORE | BETWEEN | BIND | BY | CALENDAR | CATALOGUE | CONTAINS | CRITERION | DEFINE
        | ELSE | ENDS | ENTERED | ENTERING | ESCALATE | EVER | EVERY | EXACTLY | EXCEPT | EXPECT | FALSE | FOR
        | FORGET | FROM | HAND | HAS | IF | IN | IS | KEEP | KEYED | KNOWN | LARGER | LAST | LATE | LEAST | LIMIT
        | LOWER | LOWERED | MATCHES | MAY | MEMBERS | MOST | MOVE | NEVER | NO | NOT | OF | ON | ONCE | OPEN | OR
        | OTHERWISE | OWES | OWNED | PHASES | PLAY | PROMOTE | RAISE | REASSIGN | REJECTED | REMIND | REMOVE | RESPOND
        | RETURN | SCORE | SEND | SENT | SETUP | SIGNAL | SINCE | SMALLER | STAGES | STARTING | STARTS | TABLE | TELL
        | THAN | THE | THEN | TIME | TO | TRUE | UNKNOWN | UNLESS | UNTIL | USE | WHEN | WHERE | WHILE | WITH
        | WITHDRAWN | WITHIN | WITHOUT;

%%

/* Bison's own messages: only "memory exhausted" comes here, everything else is reported below. It is
 * a long row of 'not' or '-': all else that nests has its parentheses or braces counted. */
static void tr_grammar_error(const tr_span *span, tr_parse *parse, const char *message) {
  (void)message;
  tr_report(parse->diags, DIAG_TOO_DEEP, *span, "this expression nests deeper than %d",
            TR_EXPR_DEPTH_MAX);
  parse->gave_up = true;
}

#include "grammar/unexpected.h"

void tr_parse_file(tr_arena *arena, tr_diags *diags, tr_tree *tree, uint32_t file) {
  tr_parse parse = {.arena = arena, .diags = diags, .tree = tree, .file = file};
  tr_parse_open(&parse);
  (void)tr_grammar_parse(&parse); /* what went wrong is in diags */
  tr_parse_close(&parse);
}
