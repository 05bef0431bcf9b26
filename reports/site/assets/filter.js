// Shows the features and rules that contain every typed word. The words stand in the address, so a view can be shared.
const box = document.querySelector('#filter');
const result = document.querySelector('#filter-result');
const features = [...document.querySelectorAll('.feature-entry')].map((element) => ({
  element,
  own: element.querySelector('.about').textContent.toLowerCase(),
  rules: [...element.querySelectorAll('.rules li')].map((rule) => ({ rule, text: rule.textContent.toLowerCase() })),
}));

function show() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { element, own, rules } of features) {
    const whole = words.every((word) => own.includes(word));
    let some = whole;
    for (const { rule, text } of rules) {
      const fits = whole || words.every((word) => own.includes(word) || text.includes(word));
      rule.hidden = !fits;
      if (fits) shown++;
      some ||= fits;
    }
    element.hidden = !some;
  }
  result.textContent = words.length === 0 ? '' : shown === 1 ? '1 rule fits' : `${shown} rules fit`;
  history.replaceState(null, '', words.length === 0 ? '#' : `#${new URLSearchParams({ find: box.value }).toString()}`);
}

box.value = new URLSearchParams(location.hash.slice(1)).get('find') ?? '';
box.form.addEventListener('submit', (event) => event.preventDefault());
box.addEventListener('input', show);
box.form.hidden = false;
if (box.value) show();
