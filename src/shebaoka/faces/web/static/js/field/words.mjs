// What states and tasks are called, Chinese first.

export const STATE = {
  pending: ["待同步", "to be brought in"], photo: ["已受理，相片待上传", "taken in, the photo is still to come"],
  applied: ["已办理", "done"], conflict: ["有冲突，由网点处理", "conflict: the outlet decides"],
  held: ["待核实，由网点处理", "held: the outlet looks at it"], refused: ["被拒，由网点处理", "refused: the outlet looks at it"],
  discarded: ["网点已放弃", "laid aside by the outlet"],
};
export const TASK = { apply: ["受理申请", "an application"], open: ["开通新卡", "a new card to open"] };
export const SLOT = { morning: "上午 morning", afternoon: "下午 afternoon" };
export const KIND = { application: "申请", opening: "开卡", visit_outcome: "上门结果" };
export const both = ([zh, en]) => `${zh} ${en}`;
export const tasks = (some) => some.map((one) => both(TASK[one])).join("、");

// What an item was answered, for whoever brought it: a refusal with its remedy, or what happened meanwhile.
export function why({ result, photoRefused }) {
  const said = [];
  if (result?.reason_zh) said.push(`${result.reason_zh} ${result.reason_en}`);
  for (const problem of [result?.problem, photoRefused && { ...photoRefused, title_zh: `相片：${photoRefused.title_zh}` }]) {
    if (problem?.title_zh) said.push(`${problem.title_zh}。${problem.remedy_zh ?? ""}`);
  }
  return said.join("；");
}
