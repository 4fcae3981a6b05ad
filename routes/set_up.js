// What stands behind the # is sent to nobody, so that the token is in no log and in no trace on the way; here it is put into the form.
const token = new URLSearchParams(location.hash.slice(1)).get("token");
const field = document.querySelector("#token");

if (token !== null && field !== null) {
  field.value = token;
  history.replaceState(null, "", location.pathname);
}
