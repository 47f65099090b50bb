# shellcheck shell=bash
# What both steps of the action say and ask in the same way. Sourced, never run.

# Says why the gate could not run, beside the job, and ends the step as "could not assess".
refuse() {
  local message=$1
  message=${message//'%'/%25}
  message=${message//$'\r'/%0D}
  message=${message//$'\n'/%0A}
  printf '::error title=Portcullis could not run::%s\n' "$message"
  exit 2
}

# An input that is `true` or `false`; anything else would be guessed at.
flag() {
  case $2 in
    true | false) ;;
    *) refuse "the input $1 is \`$2\`: write true or false" ;;
  esac
}
