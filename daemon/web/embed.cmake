# cmake -D OUTPUT=files.cpp -D "FILES=a;b" -P embed.cmake: writes the definition of web::find() over these files.
set(arrays "")
set(table "")
set(number 0)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" bytes HEX)
  file(SHA256 "${file}" hash)
  string(LENGTH "${bytes}" digits)
  math(EXPR length "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char kFile${number}[] = {${bytes}'\\0'};\n")
  string(APPEND table "    {\"${name}\", {kFile${number}, ${length}}, \"${hash}\"},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUTPUT}" "#include \"daemon/web/files.hpp\"

namespace pgadvisor::daemon::web {
namespace {

${arrays}
constexpr File kFiles[] = {
${table}};

}  // namespace

const File* find(std::string_view name) {
  for (const File& file : kFiles) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

}  // namespace pgadvisor::daemon::web
")
