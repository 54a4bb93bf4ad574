/* Members of the JSON objects that the module answers with. */
#include "planner_module.h"

#include "utils/json.h"

/* "name":"text" */
void pga_emit_text(StringInfo out, const char* name, const char* text) {
  appendStringInfo(out, "\"%s\":", name);
  escape_json(out, text ? text : "");
}

/* "name":true */
void pga_emit_flag(StringInfo out, const char* name, bool flag) {
  appendStringInfo(out, "\"%s\":%s", name, flag ? "true" : "false");
}

/* A comma, unless this is the first element of the array. */
void pga_separate(StringInfo out) {
  char last = out->data[out->len - 1];

  if (last != '[' && last != '{') appendStringInfoChar(out, ',');
}
