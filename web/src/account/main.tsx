import "./account.css";

import { start } from "../shared/start.js";
import { take } from "./carried.js";
import { Shell } from "./Shell.js";
import { loaders } from "./words.js";

// before anything else: what a mailed link carries must not stay in the address bar
take();
void start(loaders, <Shell />);
