import { testAgainstController } from "./contract.js";
import { library } from "./package.js";

testAgainstController(library);
