# Shared by the scripts in bin/: where the project is, which Java runs it, and building what is missing.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

# build MARKER MODULES: builds the Maven modules (comma-separated, with what they need) unless MARKER exists and is newer than
# every source. Says so, because it takes longer than a second.
build() {
  local marker=$1 modules=$2 log
  if [[ -e $marker ]] && [[ -z $(find "$root"/pom.xml "$root"/*/pom.xml "$root"/*/src/main "$root"/client-starter/*/src/main -type f -newer "$marker" -print -quit 2>/dev/null) ]]; then
    return
  fi
  (
    flock 9
    if [[ -e $marker ]] && [[ -z $(find "$root"/pom.xml "$root"/*/pom.xml "$root"/*/src/main "$root"/client-starter/*/src/main -type f -newer "$marker" -print -quit 2>/dev/null) ]]; then
      exit 0
    fi
    echo "Building $modules (the first time this takes a minute or two; Maven fetches what is missing) ..." >&2
    mkdir -p "$root/target"
    log=$root/target/build.log
    local mvn=mvn
    command -v mvn >/dev/null || mvn=$root/mvnw
    if ! (cd "$root" && "$mvn" -B -q -DskipTests -pl "$modules" -am package) >"$log" 2>&1; then
      tail -40 "$log" >&2
      echo "The build failed; the whole log is $log" >&2
      exit 1
    fi
    touch "$marker"
  ) 9>"$root/.build.lock" || exit 1
}
