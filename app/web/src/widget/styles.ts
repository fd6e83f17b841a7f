// Inside the shadow root only. --accent comes from the script tag.
export const STYLES = `
:host { all: initial; --accent: #1f5fbf; --on-accent: #fff; --ground: #fff; --text: #1c2024;
  --quiet: #60646c; --line: #d9d9e0; --theirs: #f0f0f3; --bad: #ab1d22; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :host { --ground: #18191b; --text: #edeef0; --quiet: #b0b4ba; --line: #43484e; --theirs: #272a2d; --bad: #ff9592; } }
* { box-sizing: border-box; font: 15px/1.4 system-ui, sans-serif; }
.launch { position: fixed; z-index: 2147483000; bottom: 20px; right: 20px; width: 56px; height: 56px;
  border: 0; border-radius: 50%; background: var(--accent); color: var(--on-accent); cursor: pointer;
  box-shadow: 0 4px 16px #0004; }
svg { width: 18px; height: 18px; vertical-align: -4px; fill: none; stroke: currentColor; stroke-width: 2; }
.launch svg { width: 26px; height: 26px; vertical-align: middle; }
.left .launch, .left .panel { right: auto; left: 20px; }
.count { position: absolute; top: -4px; right: -4px; min-width: 20px; padding: 0 5px; border-radius: 10px;
  background: #ce2c31; color: #fff; font-size: 12px; line-height: 20px; }
.panel { position: fixed; z-index: 2147483000; bottom: 88px; right: 20px; display: flex;
  flex-direction: column; width: min(380px, calc(100vw - 24px)); height: min(560px, calc(100vh - 108px));
  overflow: hidden; border: 1px solid var(--line); border-radius: 12px; background: var(--ground);
  color: var(--text); box-shadow: 0 8px 32px #0004; }
[hidden] { display: none !important; }
header { display: flex; align-items: center; gap: 8px; padding: 10px 14px; background: var(--accent);
  color: var(--on-accent); }
h2 { flex: 1; margin: 0; font-weight: 600; }
header button { border: 0; background: none; color: inherit; font-size: 20px; cursor: pointer; }
.state { margin: 0; padding: 6px 14px; border-bottom: 1px solid var(--line); color: var(--quiet);
  font-size: 13px; }
.lost { background: #ffe7c2; color: #582d1d; }
.way-out { padding: 6px 14px; border-bottom: 1px solid var(--line); }
.way-out div { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.way-out span { flex: 1; font-size: 13px; }
.way-out button { padding: 4px 10px; border: 1px solid var(--quiet); border-radius: 8px; background: none;
  color: inherit; font-size: 13px; cursor: pointer; }
.log { flex: 1; overflow-y: auto; padding: 14px; }
ol { margin: 0; padding: 0; list-style: none; }
.log li { display: flex; flex-direction: column; align-items: flex-start; margin-bottom: 10px; }
.log .mine { align-items: flex-end; }
.who { color: var(--quiet); font-size: 12px; }
.text { max-width: 85%; padding: 8px 12px; border-radius: 12px; background: var(--theirs);
  white-space: pre-wrap; overflow-wrap: anywhere; }
.mine .text { background: var(--accent); color: var(--on-accent); }
.system .text { background: none; color: var(--quiet); font-size: 13px; }
.waiting .text { opacity: .7; }
form { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 10px; border-top: 1px solid var(--line); }
.files { flex-basis: 100%; margin: 0; padding: 0; list-style: none; font-size: 13px; }
.files li { display: flex; align-items: center; gap: 8px; }
.files span { flex: 1; overflow: hidden; text-overflow: ellipsis; }
.files progress { width: 80px; }
.files .problem { color: var(--bad); }
form .files button, form .attach { padding: 4px 8px; background: none; color: inherit; }
.file { max-width: 85%; margin-top: 4px; color: inherit; overflow-wrap: anywhere; }
form.who-form { flex-direction: column; border: 0; padding: 14px; }
form.leave-form { flex-wrap: wrap; align-items: end; border: 0; border-bottom: 1px solid var(--line); }
.leave-form p { margin: 0; flex-basis: 100%; }
.leave-form label { flex: 1; }
label { display: flex; flex-direction: column; gap: 4px; }
textarea, input { flex: 1; resize: none; padding: 8px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--ground); color: var(--text); }
form button { padding: 8px 14px; border: 0; border-radius: 8px; background: var(--accent);
  color: var(--on-accent); cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
header :focus-visible { outline-color: var(--on-accent); }
.hint { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 480px) { .panel { inset: 0; width: auto; height: auto; border-radius: 0; } }
`;
