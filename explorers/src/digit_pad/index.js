import { explorer } from "../shared/explorer.js";
import * as numbers from "./numbers.js";
import { view } from "./view.js";

export default explorer(numbers, view);
